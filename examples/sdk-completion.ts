/** One call, whole. Any model: `sdk-completion.ts groq/llama-3.3-70b-versatile`, with its key in the environment. */
import { completion, SluiceError } from 'sluice'

const model = process.argv[2] ?? 'mock/echo'
try {
  const reply = await completion({ model, messages: [{ role: 'user', content: 'Say hello.' }] })
  console.log(reply.choices[0]?.message.content)
  const { usage, costUsd, warnings } = reply.sluice
  console.log({ tokens: usage?.total_tokens, costUsd, warnings })
} catch (error) {
  if (!(error instanceof SluiceError)) throw error
  console.error(`${error.name} from ${error.provider}: ${error.message} (retryable: ${error.retryable})`)
  process.exitCode = 1
}
