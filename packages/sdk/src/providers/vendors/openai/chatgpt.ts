import type { CallInfo, Codec } from '../../../codecs/codec.ts'
import { openaiResponsesWith } from '../../../codecs/openai-responses/codec.ts'
import { parseEvent } from '../../../codecs/parse-event.ts'
import { createError } from '../../../errors.ts'
import { createSseReader } from '../../../transport/framing/sse.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../../types/json.ts'
import { WireBytes } from '../../../types/wire-body.ts'
import type { Provider } from '../../provider.ts'
import { chatgptToken } from './chatgpt-token.ts'

const INSTRUCTIONS = 'You are a helpful assistant.'

/** The service streams always, keeps nothing, and wants instructions. */
function encodeChat(body: JsonObject): void {
  body.stream = true
  body.store = false
  body.instructions ||= INSTRUCTIONS
  body.include ??= ['reasoning.encrypted_content']
}

const shaped = openaiResponsesWith({ instructions: true, adjust: encodeChat })

/** The Responses format of a ChatGPT subscription. Callers who want no stream get what it ends with. */
const chatgptResponses: Codec<'chat'> = {
  ...shaped,
  format: 'chatgpt-responses',
  upstream: {
    ...shaped.upstream,
    takesBytes: true,
    decodeResponse: (body, info) =>
      shaped.upstream.decodeResponse(body instanceof WireBytes ? endOfStream(body, info) : body, info),
  },
}

/** The response that the last event holds; its output may be told in earlier events only. */
function endOfStream({ bytes }: WireBytes, info: CallInfo): JsonObject {
  const output: unknown[] = []
  for (const { data } of createSseReader()(bytes)) {
    if (data === '' || data === '[DONE]') continue
    const { type, item, response, error } = parseEvent(data, info)
    if (type === 'response.output_item.done') output.push(item)
    if (type === 'error') return { error: error ?? { message: data } }
    if (type !== 'response.completed' && type !== 'response.incomplete' && type !== 'response.failed')
      continue
    const last = isJsonObject(response) ? response : {}
    return isJsonArray(last.output) && last.output.length > 0 ? last : { ...last, output }
  }
  throw createError({
    kind: 'truncated',
    message: 'The provider closed the stream before it was complete.',
    provider: info.deployment.provider,
    model: info.model,
  })
}

/** Source: https://docs.litellm.ai/docs/providers/chatgpt */
export const chatgpt: Provider = {
  name: 'chatgpt',
  title: 'ChatGPT subscription',
  docs: 'https://docs.litellm.ai/docs/providers/chatgpt',
  baseUrl: 'https://chatgpt.com/backend-api/codex',
  baseUrlEnv: ['CHATGPT_API_BASE', 'OPENAI_CHATGPT_API_BASE'],
  credentials: chatgptToken(),
  endpoints: { chat: [{ codec: chatgptResponses, path: '/responses' }] },
  params: {
    max_tokens: 'drop',
    max_completion_tokens: 'drop',
    metadata: 'drop',
    safety_identifier: 'drop',
    store: 'drop',
    temperature: 'drop',
    top_p: 'drop',
    user: 'drop',
  },
  exampleModels: ['gpt-5.2', 'gpt-5.2-codex', 'gpt-5.1-codex-max', 'gpt-5.1-codex-mini'],
}
