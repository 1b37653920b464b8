import type { CallInfo, Codec, FollowUp, WireReply } from '../../../codecs/codec.ts'
import { openaiResponsesWith } from '../../../codecs/openai-responses/codec.ts'
import { withoutOtherModel } from '../../../codecs/other-model.ts'
import type { Credentials } from '../../../credentials/credentials.ts'
import { createError } from '../../../errors.ts'
import type { ChatRequest } from '../../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../../types/json.ts'
import type { Provider } from '../../provider.ts'
import { AGENT_PARAMS } from './agent-params.ts'

/** Milliseconds before a look at a task, which takes minutes; each wait is longer than the one before. */
const waitOf = (step: number) => Math.min(500 * (step + 1), 5_000)

/** The model is an agent's profile. */
function encodeTask(body: JsonObject, info: CallInfo): void {
  const { model: _, store: _store, ...said } = body
  const rest = withoutOtherModel(said, ['agent_profile'], info)
  for (const key of Object.keys(body)) delete body[key]
  Object.assign(body, { task_mode: 'agent', agent_profile: info.model }, rest)
}

const { upstream, ...shaped } = openaiResponsesWith({ adjust: encodeTask })

/** Tasks that run in the background, in the Responses format. Source: https://open.manus.im/docs/openai-compatibility */
const manusTasks: Codec<'chat'> = {
  ...shaped,
  format: 'manus-tasks',
  upstream: {
    params: upstream.params,
    ...(upstream.unsaid && { unsaid: upstream.unsaid }),
    encodeRequest: upstream.encodeRequest,
    follow,
    decodeResponse: (body, info) => upstream.decodeResponse(settled(body), info),
    ...(upstream.decodeError && { decodeError: upstream.decodeError }),
  },
}

function follow(
  { body }: WireReply,
  _request: ChatRequest,
  info: CallInfo,
  step: number,
  asked: string,
): FollowUp | undefined {
  if (!isJsonObject(body)) return undefined
  const { status, id } = body
  if (status === 'error' || status === 'failed')
    throw createError({
      kind: 'bad_gateway',
      message: textOf(isJsonObject(body.error) ? body.error.message : body.error) || 'The task failed.',
      provider: info.deployment.provider,
      model: info.model,
    })
  if (status !== 'running' && status !== 'queued' && status !== 'in_progress') return undefined
  const url = step === 0 ? `${asked}/${encodeURIComponent(textOf(id))}` : asked
  return { method: 'GET', url, afterMs: waitOf(step) }
}

/** The task's whole conversation without what was asked; a task that waits for more input has answered. */
function settled(body: unknown): unknown {
  if (!isJsonObject(body) || !isJsonArray(body.output)) return body
  const said = body.output.filter(isJsonObject).filter(({ role }) => role !== 'user')
  const output = said.map(({ type = 'message', content, ...rest }) => ({
    ...rest,
    type,
    content: isJsonArray(content)
      ? content
          .filter(isJsonObject)
          .map(({ type: kind = 'output_text', ...part }) => ({ ...part, type: kind }))
      : content,
  }))
  return { ...body, output, status: body.status === 'pending' ? 'completed' : body.status }
}

const key: Credentials = {
  env: ['MANUS_API_KEY'],
  required: true,
  sign(request, secret = '') {
    request.headers.api_key = secret
  },
}

export const manus: Provider = {
  name: 'manus',
  title: 'Manus',
  docs: 'https://open.manus.im/docs/openai-compatibility',
  baseUrl: 'https://api.manus.im',
  baseUrlEnv: ['MANUS_API_BASE'],
  credentials: key,
  endpoints: { chat: [{ codec: manusTasks, path: '/v1/responses' }] },
  params: {
    ...AGENT_PARAMS,
    // An agent has its own tools and decides how it answers.
    ...{ tools: 'refuse', tool_choice: 'refuse', response_format: 'refuse', web_search_options: 'refuse' },
    ...{ logprobs: 'refuse', top_logprobs: 'refuse' },
  },
  exampleModels: ['manus-1.6', 'manus-1.6-lite', 'manus-1.6-max'],
}
