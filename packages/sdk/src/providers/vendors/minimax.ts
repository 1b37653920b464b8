import type { CallInfo } from '../../codecs/codec.ts'
import { thinkTags } from '../../codecs/openai-chat/settle/think-tags.ts'
import { createError, type ErrorKind } from '../../errors.ts'
import { isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import { type CompatibleRow, MAX_TOKENS } from '../compatible.ts'

/** Source: https://platform.minimax.io/docs/api-reference/errorcode */
const KINDS: Readonly<Record<number, ErrorKind>> = {
  1000: 'internal',
  1001: 'timeout',
  1002: 'rate_limit',
  1004: 'authentication',
  1008: 'insufficient_quota',
  1013: 'internal',
  1024: 'internal',
  1026: 'content_policy',
  1027: 'content_policy',
  1033: 'unavailable',
  1039: 'context_window',
  1041: 'rate_limit',
  1042: 'bad_request',
  2013: 'bad_request',
  2045: 'rate_limit',
  2049: 'authentication',
  2056: 'insufficient_quota',
}

/** Failures come with a status of 200; `base_resp` says so. Throws what it says. */
export function checkBaseResp(reply: JsonObject, info: CallInfo): void {
  const base = reply.base_resp
  if (!isJsonObject(base) || typeof base.status_code !== 'number' || base.status_code === 0) return
  throw createError({
    kind: KINDS[base.status_code] ?? 'bad_gateway',
    message: textOf(base.status_msg) || `MiniMax answered with code ${base.status_code}.`,
    code: String(base.status_code),
    provider: info.deployment.provider,
    model: info.model,
    providerSpecificFields: { base_resp: base },
  })
}

/** Thinking is part of the text, and must come back as such. Source: https://platform.minimax.io/docs/guides/text-m2-function-call */
function withThinking(body: JsonObject): void {
  body.messages = (body.messages as JsonObject[]).map(message => {
    const { reasoning_content: thinking, ...rest } = message
    if (typeof thinking !== 'string' || thinking === '') return message
    return { ...rest, content: `<think>\n${thinking}\n</think>\n\n${textOf(rest.content)}` }
  })
}

/** Source: https://platform.minimax.io/docs/api-reference/text-openai-api */
export const MINIMAX = {
  title: 'MiniMax',
  docs: 'https://platform.minimax.io/docs/api-reference/text-openai-api',
  baseUrl: 'https://api.minimax.io/v1',
  baseUrlEnv: ['MINIMAX_API_BASE'],
  env: ['MINIMAX_API_KEY'],
  chat: {
    developerRole: false,
    keeps: ['reasoning_content'],
    textContent: true,
    adjust: withThinking,
    settle(info) {
      const settleThinking = thinkTags()
      return reply => {
        checkBaseResp(reply, info)
        settleThinking(reply)
      }
    },
  },
  params: {
    ...MAX_TOKENS,
    n: 'refuse',
    temperature: { min: 0.01, max: 1 },
    logit_bias: 'drop',
    presence_penalty: 'drop',
    frequency_penalty: 'drop',
    function_call: 'refuse',
    functions: 'refuse',
  },
  exampleModels: ['MiniMax-M2'],
} as const satisfies CompatibleRow
