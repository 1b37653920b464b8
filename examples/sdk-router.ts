/** Two deployments and a fallback: the first group fails, the second answers. */
import { Router } from 'sluice'

const router = new Router({
  modelList: [
    {
      model_name: 'main',
      litellm_params: { model: 'mock/echo', mock_response: 'litellm.ServiceUnavailableError' },
    },
    { model_name: 'spare', litellm_params: { model: 'mock/echo' } },
  ],
  fallbacks: new Map([['main', ['spare']]]),
  retries: 0,
})
const reply = await router.completion({
  model: 'main',
  messages: [{ role: 'user', content: 'Anybody there?' }],
})
console.log(reply.choices[0]?.message.content)
