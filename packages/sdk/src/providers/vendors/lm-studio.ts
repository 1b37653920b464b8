import type { CallInfo } from '../../codecs/codec.ts'
import { thinkTags } from '../../codecs/openai-chat/settle/think-tags.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import { type CompatibleRow, MAX_TOKENS } from '../compatible.ts'
import type { ErrorRule } from '../provider.ts'

/** It has no JSON mode without a schema, and cannot be told which tool to call. */
function adjust(body: JsonObject, info: CallInfo): void {
  const format = body.response_format
  if (isJsonObject(format) && format.type === 'json_object') {
    const schema = { type: 'object', additionalProperties: true }
    body.response_format = { type: 'json_schema', json_schema: { name: 'answer', schema } }
    info.warn({ action: 'approximated', param: 'response_format', reason: 'sent as a schema of any object' })
  }
  if (!isJsonObject(body.tool_choice)) return
  body.tool_choice = 'required'
  info.warn({
    action: 'approximated',
    param: 'tool_choice',
    reason: 'this provider can be told to call a tool, not which',
  })
}

const errors: readonly ErrorRule[] = [
  { kind: 'context_window', status: 400, message: /context length of only \d+ tokens|context overflow/i },
]

/** Source: https://lmstudio.ai/docs/app/api/endpoints/openai */
export const LM_STUDIO = {
  title: 'LM Studio',
  docs: 'https://lmstudio.ai/docs/app/api/endpoints/openai',
  baseUrl: 'http://localhost:1234/v1',
  baseUrlEnv: ['LM_STUDIO_API_BASE'],
  env: ['LM_STUDIO_API_KEY'],
  keyRequired: false,
  embeddings: true,
  completions: true,
  chat: { developerRole: false, adjust, settle: thinkTags },
  params: MAX_TOKENS,
  errors,
} as const satisfies CompatibleRow
