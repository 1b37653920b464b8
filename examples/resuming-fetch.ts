/** A `fetch` for OpenAI's and Anthropic's clients that goes on with a stream where its connection was lost. */
import OpenAI from 'openai'

/** Most times one stream is continued without getting any further. */
const MOST_TRIES = 5

export async function resumingFetch(url: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers)
  headers.set('x-sluice-resumable', 'true')
  const response = await fetch(url, { ...init, headers })
  const id = response.headers.get('x-sluice-stream-id')
  if (id === null) return response

  async function* events(): AsyncGenerator<Uint8Array, void, undefined> {
    let lastEventId = `${id}.0`
    let part: Response | undefined = response
    for (let tries = 0; ; tries++) {
      try {
        if (tries > 0) headers.set('last-event-id', lastEventId)
        part ??= await fetch(url, { ...init, headers })
        // When the stream is gone, sending the request anew would pay for it twice.
        if (!part.ok) {
          const isFinal = part.headers.get('x-should-retry') !== 'true'
          throw new Error(await part.text(), { cause: isFinal ? 'final' : undefined })
        }
        const decoder = new TextDecoder()
        let text = ''
        for await (const piece of part.body as ReadableStream<Uint8Array>) {
          text += decoder.decode(piece, { stream: true })
          const end = text.lastIndexOf('\n\n') + 2
          if (end === 1) continue
          const whole = text.slice(0, end)
          text = text.slice(end)
          lastEventId = [...whole.matchAll(/^id: (.+)$/gm)].at(-1)?.[1] ?? lastEventId
          tries = 0
          yield new TextEncoder().encode(whole)
        }
        return
      } catch (error) {
        const isFinal = error instanceof Error && error.cause === 'final'
        if (isFinal || init.signal?.aborted || tries >= MOST_TRIES) throw error
        part = undefined
        await new Promise(resolve => setTimeout(resolve, 100 * tries))
      }
    }
  }
  return new Response(ReadableStream.from(events()), response)
}

if (import.meta.main) {
  const client = new OpenAI({
    baseURL: `${process.env['SLUICE_URL'] ?? 'http://127.0.0.1:4000'}/v1`,
    apiKey: process.env['SLUICE_KEY'] ?? '',
    fetch: resumingFetch,
  })
  const stream = await client.chat.completions.create({
    model: process.argv[2] ?? 'sluice-echo',
    messages: [{ role: 'user', content: 'Say hello.' }],
    stream: true,
  })
  for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '')
  process.stdout.write('\n')
}
