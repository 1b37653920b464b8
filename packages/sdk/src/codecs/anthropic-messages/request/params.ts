import { badRequest } from '../../../errors.ts'
import type { ChatRequest } from '../../../types/chat.ts'
import { isJsonObject, type JsonObject } from '../../../types/json.ts'
import type { Warning } from '../../../types/warning.ts'
import type { EncodeContext } from './context.ts'

/** `temperature`, `top_p`, `top_k` as far as this model, thinking or not, lets them be set. */
export function encodeSampling(
  request: ChatRequest,
  thinks: boolean,
  { traits, info }: EncodeContext,
): JsonObject {
  const sampling: JsonObject = {}
  const drop = (param: string, reason: string) => info.warn({ action: 'dropped', param, reason })
  for (const param of ['temperature', 'top_p', 'top_k'] as const) {
    const value = request[param]
    if (value == null) continue
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
      throw badRequest(`${param}: must be a number of at least 0.`, param)
    if (param !== 'top_k' && value === 1 && (traits.sampling === 'none' || thinks)) continue
    if (traits.sampling === 'none') drop(param, 'this model refuses sampling parameters')
    else if (thinks && !(param === 'top_p' && value >= 0.95))
      drop(param, 'Anthropic refuses it while the model thinks')
    else if (param === 'top_p' && traits.sampling === 'one' && sampling.temperature !== undefined)
      drop(param, 'this model takes temperature or top_p, not both')
    else if (param !== 'top_k' && value > 1) {
      sampling[param] = 1
      info.warn({ action: 'clamped', param, reason: `Anthropic's highest ${param} is 1` })
    } else sampling[param] = value
  }
  return sampling
}

/** `stop` → `stop_sequences`; Anthropic refuses sequences of white space only. */
export function encodeStop(request: ChatRequest, { info }: EncodeContext): JsonObject {
  const { stop } = request
  if (stop == null) return {}
  const list: unknown[] = Array.isArray(stop) ? stop : [stop]
  const kept = list.filter((text, index) => {
    if (typeof text !== 'string')
      throw badRequest('stop: must be a string or an array of strings.', `stop[${index}]`)
    if (text.trim() !== '') return true
    info.warn({
      action: 'dropped',
      param: Array.isArray(stop) ? `stop[${index}]` : 'stop',
      reason: 'Anthropic refuses stop sequences of white space only',
    })
    return false
  })
  return kept.length > 0 ? { stop_sequences: kept } : {}
}

/** `user` or `metadata.user_id` → `metadata.user_id`, unless it names a person, which Anthropic asks not to send. */
export function encodeUser(request: ChatRequest, { info }: EncodeContext): JsonObject {
  const metadata = isJsonObject(request.metadata) ? request.metadata : {}
  for (const key of Object.keys(metadata))
    if (key !== 'user_id')
      info.warn({
        action: 'dropped',
        param: `metadata.${key}`,
        reason: 'Anthropic keeps no metadata but user_id',
      })
  const [param, user] = request.user != null ? ['user', request.user] : ['metadata.user_id', metadata.user_id]
  if (typeof user !== 'string' || user === '') return {}
  if (!isPersonal(user)) return { metadata: { user_id: user } }
  info.warn({
    action: 'dropped',
    param: String(param),
    reason: 'it looks like an e-mail address or a phone number',
  })
  return {}
}

function isPersonal(user: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(user) || /^\+\d[\d ().-]{6,}$/.test(user)
}

/** OpenAI's service tiers in Anthropic's words. */
const TIERS = new Map([
  ['auto', 'auto'],
  ['default', 'standard_only'],
  ['standard_only', 'standard_only'],
  ['priority', 'auto'],
])

export function encodeServiceTier(request: ChatRequest, { info }: EncodeContext): JsonObject {
  const { service_tier: asked } = request
  if (typeof asked !== 'string') return {}
  const tier = TIERS.get(asked)
  const tell = (action: Warning['action'], reason: string) =>
    info.warn({ action, param: 'service_tier', reason })
  if (tier === undefined) {
    tell('dropped', `Anthropic has no tier ${JSON.stringify(asked)}`)
    return {}
  }
  if (asked === 'priority')
    tell('approximated', 'sent as "auto", which uses priority capacity where there is any')
  return { service_tier: tier }
}

export function decodeServiceTier(tier: string): string {
  return tier === 'standard_only' ? 'default' : tier
}
