/** A stream. Leaving the loop early stops the upstream call; `result` tells what it cost, however it ended. */
import { completion } from 'sluice'

const stream = await completion({
  model: process.argv[2] ?? 'mock/echo',
  messages: [{ role: 'user', content: 'Count to three.' }],
  stream: true,
})
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '')
const { usage, costUsd } = await stream.result
console.log('\n', { tokens: usage?.total_tokens, costUsd })
