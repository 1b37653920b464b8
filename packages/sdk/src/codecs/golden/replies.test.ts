import { describe, expect, test } from 'vitest'
import { SluiceError } from '../../errors.ts'
import type { ChatRequest } from '../../types/chat.ts'
import type { WireEvent } from '../../types/stream.ts'
import { CHAT_REPLIES } from './testing/chat-replies.ts'
import { CHAT_STREAMS } from './testing/chat-streams.ts'
import { columns, inboundInfo } from './testing/columns.ts'

const serving = columns.filter(({ codec }) => codec.inbound)
const asked: ChatRequest = {
  model: 'a-model',
  messages: [{ role: 'user', content: 'Hello' }],
  reasoning_effort: 'low',
  stream_options: { include_usage: true },
}

/** What `run` gives, or the error that a client would be told instead. */
function orRefusal(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error
    return { refused: { kind: error.kind, message: error.message } }
  }
}

test('there are at least ten replies and eight streams', () => {
  expect(Object.keys(CHAT_REPLIES).length).toBeGreaterThanOrEqual(10)
  expect(Object.keys(CHAT_STREAMS).length).toBeGreaterThanOrEqual(8)
})

describe.each(serving.map(column => [column.format, column] as const))('%s', (format, column) => {
  const inbound = column.codec.inbound as NonNullable<typeof column.codec.inbound>

  test('every reply reaches a client as recorded', async () => {
    const shown = Object.fromEntries(
      Object.entries(CHAT_REPLIES).map(([name, reply]) => {
        const { info, warnings } = inboundInfo(column)
        const body = orRefusal(() => inbound.encodeResponse(structuredClone(reply), asked, info))
        return [name, warnings.length > 0 ? { body, warnings } : body]
      }),
    )
    await expect(`${JSON.stringify(shown, null, 2)}\n`).toMatchFileSnapshot(
      `./__snapshots__/replies-${format}.json`,
    )
  })

  test('every stream reaches a client as recorded', async () => {
    const shown = Object.fromEntries(
      Object.entries(CHAT_STREAMS).map(([name, chunks]) => {
        const encoder = inbound.encodeStream?.({ ...asked, stream: true }, inboundInfo(column, true).info)
        if (encoder === undefined) throw new Error(`${format} does not stream.`)
        const events: unknown[] = []
        const show = (shown: Iterable<WireEvent>) => {
          for (const { event, data } of shown) events.push(event === undefined ? data : `${event}: ${data}`)
        }
        const broken = orRefusal(() => {
          for (const chunk of structuredClone(chunks)) show(encoder.push(chunk))
          show(encoder.end())
        })
        return [name, broken === undefined ? events : [...events, broken]]
      }),
    )
    await expect(`${JSON.stringify(shown, null, 2)}\n`).toMatchFileSnapshot(
      `./__snapshots__/streams-${format}.json`,
    )
  })
})
