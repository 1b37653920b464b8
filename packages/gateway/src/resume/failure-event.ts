import { type Codec, formatSse, type RequestOf, type SluiceError } from 'sluice/internal'

/** The event that ends a broken stream in a client's format; empty where the format has none. */
export function failureEvent({ inbound }: Codec, error: SluiceError, callId: string): string {
  // It says nothing of the request, which is not here, but that its answer is told in events.
  const request = {
    model: '',
    messages: [],
    stream: true,
    stream_format: 'sse',
  } as unknown as RequestOf<never>
  const encoder = inbound?.encodeStream?.(request, { id: callId, now: 0, warn() {} })
  let text = ''
  for (const event of encoder?.fail(error, callId) ?? []) text += formatSse(event)
  return text
}
