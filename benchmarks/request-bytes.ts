import type { Scenario } from './scenarios.ts'
import type { Target } from './stacks/stack.ts'

// Prose with what JSON must escape, as prompts have it: quotes and line feeds.
const sentence =
  'The "quick" brown fox jumps over the lazy dog,\nand the gateway counts what it cost: 12 tokens at 0.000003 dollars. '
const turnBytes = 1_200

/** A scenario's request as it lies on the wire: its body has exactly the scenario's number of bytes. */
export function requestBytes(scenario: Pick<Scenario, 'bytes' | 'reply' | 'route'>, target: Target): Buffer {
  const body = Buffer.from(bodyOfSize(scenario, target.model))
  const headers = {
    host: `127.0.0.1:${target.port}`,
    accept: scenario.reply !== 'whole' ? 'text/event-stream' : 'application/json',
    'content-type': 'application/json',
    'user-agent': 'sluice-bench',
    ...target.headers,
    'content-length': String(body.length),
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`POST ${target.path} HTTP/1.1\r\n${lines.join('')}\r\n`), body])
}

function bodyOfSize({ bytes, reply, route }: Pick<Scenario, 'bytes' | 'reply' | 'route'>, model: string) {
  const stream = reply !== 'whole'
  const turns = Math.max(1, Math.floor(bytes / turnBytes)) | 1
  const isMessages = route === 'messages-to-openai'
  const body = (last: string) =>
    JSON.stringify({
      model,
      ...(isMessages && { system: 'You are a helpful assistant.' }),
      messages: [
        ...(isMessages ? [] : [{ role: 'system', content: 'You are a helpful assistant.' }]),
        ...Array.from({ length: turns }, (_, turn) => ({
          role: turn % 2 === 0 ? 'user' : 'assistant',
          content: turn === turns - 1 ? last : sentence.repeat(turnBytes / 2 / sentence.length),
        })),
      ],
      max_tokens: 512,
      temperature: 0.7,
      ...(stream && { stream: true }),
      ...(stream && !isMessages && { stream_options: { include_usage: true } }),
    })
  const left = bytes - Buffer.byteLength(body(''))
  if (left < 0) throw new Error(`a request of ${bytes} bytes has no room for its ${turns} turns`)
  // A sentence is longer in JSON than in memory, so it is cut at its length in JSON.
  const escaped = JSON.stringify(sentence).slice(1, -1)
  const whole = sentence.repeat(Math.floor(left / escaped.length))
  return body(whole + 'x'.repeat(left % escaped.length))
}
