import type { ProviderName } from '../gateway.ts'
import { type Asking, type Exchange, exchange } from './exchange.ts'

/** What a client of some format understood of an answer. */
export interface Understood {
  readonly text: string
  /** The format's own sign that the answer is whole: end mark and reason. */
  readonly finished: boolean
  /** The message of an error told in the client's own format. */
  readonly error: string | undefined
}

/** How clients of one wire format ask and listen: written down here a second time, to judge the gateway's own. */
export interface ClientFormat {
  readonly name: ProviderName
  path(model: string, stream: boolean): string
  body(model: string, text: string, stream: boolean): object
  understandStream(body: string): Understood
  /** A whole answer, or a whole error. */
  understand(body: string): Understood
}

interface Frame {
  readonly event: string | undefined
  readonly data: string
}

/** What lies at a path in some JSON; undefined where the path ends early. */
function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let here = value
  for (const step of path)
    here = (here as Readonly<Record<string | number, unknown>> | null | undefined)?.[step]
  return here
}

function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  const text = at(value, ...path)
  return typeof text === 'string' ? text : ''
}

const messages = (content: string) => [{ role: 'user', content }]

const openai: ClientFormat = {
  name: 'openai',
  path: () => '/v1/chat/completions',
  body: (model, text, stream) => ({ model, messages: messages(text), ...(stream && { stream }) }),
  understandStream(body) {
    let text = ''
    let reason: unknown
    let error: string | undefined
    let done = false
    for (const { data } of framesOf(body)) {
      if (done) throw new Error(`something follows the end mark: ${data}`)
      if (data === '[DONE]') {
        done = true
        continue
      }
      const chunk: unknown = JSON.parse(data)
      error ??= messageOf(at(chunk, 'error'))
      text += textAt(chunk, 'choices', 0, 'delta', 'content')
      reason ??= at(chunk, 'choices', 0, 'finish_reason')
    }
    return { text, finished: done && typeof reason === 'string', error: judged(done, error) }
  },
  understand(body) {
    const reply: unknown = JSON.parse(body)
    return {
      text: textAt(reply, 'choices', 0, 'message', 'content'),
      finished: at(reply, 'choices', 0, 'finish_reason') !== undefined,
      error: messageOf(at(reply, 'error')),
    }
  },
}

const anthropic: ClientFormat = {
  name: 'anthropic',
  path: () => '/v1/messages',
  body: (model, text, stream) => ({
    model,
    max_tokens: 256,
    messages: messages(text),
    ...(stream && { stream }),
  }),
  understandStream(body) {
    let text = ''
    let reason: unknown
    let error: string | undefined
    let done = false
    for (const { event, data } of framesOf(body)) {
      if (done) throw new Error(`something follows the end mark: ${data}`)
      const item: unknown = JSON.parse(data)
      const type = at(item, 'type')
      if (type !== event) throw new Error(`event ${event} holds ${data}`)
      if (type === 'error') error ??= messageOf(at(item, 'error'))
      if (type === 'content_block_delta') text += textAt(item, 'delta', 'text')
      if (type === 'message_delta') reason = at(item, 'delta', 'stop_reason')
      if (type === 'message_stop') done = true
    }
    return { text, finished: done && typeof reason === 'string', error: judged(done, error) }
  },
  understand(body) {
    const reply: unknown = JSON.parse(body)
    return {
      text: textAt(reply, 'content', 0, 'text'),
      finished: at(reply, 'stop_reason') !== undefined,
      error: at(reply, 'type') === 'error' ? messageOf(at(reply, 'error')) : undefined,
    }
  },
}

const gemini: ClientFormat = {
  name: 'gemini',
  path: (model, stream) =>
    `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  body: (_model, text) => ({ contents: [{ role: 'user', parts: [{ text }] }] }),
  understandStream(body) {
    let text = ''
    let reason: unknown
    let error: string | undefined
    for (const { data } of framesOf(body)) {
      const item: unknown = JSON.parse(data)
      error ??= messageOf(at(item, 'error'))
      text += textOfCandidate(item)
      reason ??= at(item, 'candidates', 0, 'finishReason')
    }
    return { text, finished: typeof reason === 'string', error }
  },
  understand(body) {
    const reply: unknown = JSON.parse(body)
    return {
      text: textOfCandidate(reply),
      finished: at(reply, 'candidates', 0, 'finishReason') !== undefined,
      error: messageOf(at(reply, 'error')),
    }
  },
}

export const clientFormats: readonly ClientFormat[] = [openai, anthropic, gemini]

/** Asks as a client of this format does. */
export async function ask(
  base: string,
  format: ClientFormat,
  key: string,
  question: { readonly model: string; readonly text?: string; readonly stream?: boolean },
  asking: Asking = {},
): Promise<Exchange & Understood> {
  const { model, text = 'Hello', stream = false } = question
  const reply = await exchange(base, format.path(model, stream), {
    ...asking,
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...asking.headers },
    body: asking.body ?? JSON.stringify(format.body(model, text, stream)),
  })
  const streamed = String(reply.headers['content-type']).startsWith('text/event-stream')
  const understood = streamed ? format.understandStream(reply.body) : format.understand(reply.body)
  return { ...reply, ...understood }
}

/** Whole frames only; half a frame at the end is a fault of whoever sent it. */
function framesOf(body: string): Frame[] {
  const parts = body.split('\n\n')
  const rest = parts.pop()
  if (rest !== '') throw new Error(`the body ends inside a frame: ${JSON.stringify(rest)}`)
  return parts.flatMap(part => {
    const lines = part.split('\n').filter(line => line !== '' && !line.startsWith(':'))
    const field = (name: string) =>
      lines
        .find(line => line.startsWith(`${name}:`))
        ?.slice(name.length + 1)
        .trim()
    const data = field('data')
    return data === undefined ? [] : [{ event: field('event'), data }]
  })
}

function textOfCandidate(item: unknown): string {
  const parts = at(item, 'candidates', 0, 'content', 'parts')
  return Array.isArray(parts) ? parts.map(part => textAt(part, 'text')).join('') : ''
}

function messageOf(error: unknown): string | undefined {
  if (error === undefined || error === null) return undefined
  const message = textAt(error, 'message')
  if (message === '') throw new Error(`an error without words: ${JSON.stringify(error)}`)
  return message
}

function judged(done: boolean, error: string | undefined): string | undefined {
  if (done && error !== undefined) throw new Error(`an end mark follows the error "${error}"`)
  return error
}
