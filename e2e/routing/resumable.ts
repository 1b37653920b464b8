/** How a plain client reads resumable streams; written down here a second time, to judge the gateway's own. */

/** Begins a stream that can be continued. */
export function begin(
  url: string,
  key: string,
  headers: Readonly<Record<string, string>> = {},
  fields: object = {},
): Promise<Response> {
  return send(url, key, '/v1/chat/completions', { 'x-sluice-resumable': 'true', ...headers }, fields)
}

/** Goes on after an event. */
export function goOn(
  url: string,
  key: string,
  lastEventId: string,
  path = '/v1/chat/completions',
  resumable = 'true',
): Promise<Response> {
  return send(url, key, path, { 'x-sluice-resumable': resumable, 'last-event-id': lastEventId }, {})
}

function send(
  url: string,
  key: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  fields: object,
): Promise<Response> {
  const body = {
    model: 'openai/m',
    max_tokens: 9_999,
    messages: [{ role: 'user', content: 'Go on.' }],
    stream: true,
    ...fields,
  }
  return fetch(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

/** Reads until `wanted` has been seen; `lastId` is that of the last whole event. */
export async function readUntil(response: Response, wanted: string) {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  let seen = ''
  while (!seen.includes(wanted)) {
    const { done, value } = await reader.read()
    if (done) throw new Error(`the stream ended without ${wanted}: ${seen}`)
    seen += decoder.decode(value, { stream: true })
  }
  const whole = seen.slice(0, seen.lastIndexOf('\n\n') + 2)
  const lastId = [...whole.matchAll(/^id: (.+)$/gm)].at(-1)?.[1] ?? ''
  return { whole, lastId, leave: () => void reader.cancel() }
}

/** The text that OpenAI's chunks bring. */
export function textOf(stream: string): string {
  return [...stream.matchAll(/^data: (\{.*)$/gm)]
    .map(([, json]) => JSON.parse(json as string) as { choices?: { delta?: { content?: string } }[] })
    .map(({ choices }) => choices?.[0]?.delta?.content ?? '')
    .join('')
}
