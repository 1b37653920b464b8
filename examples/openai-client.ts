/** OpenAI's client, pointed at the gateway: the base URL changes and nothing else. */
import OpenAI from 'openai'

const client = new OpenAI({
  baseURL: `${process.env['SLUICE_URL'] ?? 'http://127.0.0.1:4000'}/v1`,
  apiKey: process.env['SLUICE_KEY'] ?? '',
})
const reply = await client.chat.completions.create({
  model: process.argv[2] ?? 'sluice-echo',
  messages: [{ role: 'user', content: 'Say hello.' }],
})
console.log(reply.choices[0]?.message.content)
