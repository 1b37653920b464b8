/** Anthropic's client, pointed at the gateway. The model may be any the gateway knows, at whatever provider. */
import Anthropic from '@anthropic-ai/sdk'

const client = new Anthropic({
  baseURL: process.env['SLUICE_URL'] ?? 'http://127.0.0.1:4000',
  apiKey: process.env['SLUICE_KEY'] ?? '',
})
const stream = client.messages.stream({
  model: process.argv[2] ?? 'sluice-echo',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'Say hello.' }],
})
stream.on('text', text => process.stdout.write(text))
const { usage } = await stream.finalMessage()
console.log('\n', { tokens: usage.input_tokens + usage.output_tokens })
