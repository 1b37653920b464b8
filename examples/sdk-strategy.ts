/** A routing strategy of one's own: long prompts go to the deployment that has the most room for them. */
import { type Candidate, type CreateStrategy, Router } from 'sluice'

const LONG = 1_000

const byLength: CreateStrategy = (_args, { random }) => ({
  name: 'by-length',
  pick(candidates, context) {
    // Asked for only here, so the tokens are estimated only here.
    const wanted = context.inputTokens() > LONG ? 'large' : 'small'
    const fitting = candidates.filter(({ deployment }) => deployment.tags?.includes(wanted))
    const choice = fitting.length > 0 ? fitting : candidates
    return choice[Math.floor(random() * choice.length)] as Candidate
  },
})

const router = new Router({
  modelList: ['small', 'large'].map(size => ({
    model_name: 'main',
    litellm_params: { model: 'mock/echo', mock_response: `The ${size} one answers.`, tags: [size] },
  })),
  strategy: byLength,
})
for (const content of ['Hi', 'word '.repeat(5_000)]) {
  const reply = await router.completion({ model: 'main', messages: [{ role: 'user', content }] })
  console.log(reply.choices[0]?.message.content)
}
