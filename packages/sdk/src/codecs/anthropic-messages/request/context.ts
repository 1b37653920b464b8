import type { JsonObject } from '../../../types/json.ts'
import type { CallInfo } from '../../codec.ts'
import { type ToolNameRule, ToolNames } from '../../tool-names.ts'
import type { ClaudeFeature, ClaudePlatform } from './betas.ts'
import { type ModelTraits, traitsOf } from './models.ts'

/** A content block of Anthropic's wire. Source: https://platform.claude.com/docs/en/api/messages */
export interface Block extends JsonObject {
  type: string
}

/** What every encoder of one request shares. */
export interface EncodeContext {
  readonly info: CallInfo
  readonly traits: ModelTraits
  readonly platform: ClaudePlatform
  /** What the request uses that some platform hides behind a beta. */
  readonly features: Set<ClaudeFeature>
  readonly names: ToolNames
}

export function encodeContext(info: CallInfo, platform: ClaudePlatform = 'anthropic'): EncodeContext {
  return {
    info,
    traits: traitsOf(info.deployment.baseModel ?? info.model),
    platform,
    features: new Set(),
    names: new ToolNames(CLAUDE_TOOL_NAMES),
  }
}

/** Source: https://platform.claude.com/docs/en/agents-and-tools/tool-use/define-tools#specifying-client-tools */
export const CLAUDE_TOOL_NAMES: ToolNameRule = { limit: 128, forbidden: /[^a-zA-Z0-9_-]/g }

/**
 * The fields of `source` that are not in `known`, not null, and safe to copy: a `__proto__` key from parsed JSON
 * never becomes a prototype.
 */
export function extrasOf(source: JsonObject, known: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(
    Object.entries(source).filter(([key, value]) => value != null && key !== '__proto__' && !known.has(key)),
  )
}

/** Those of `keys` that `source` has with a value. */
export function pick(source: JsonObject, keys: readonly string[]): JsonObject {
  const picked: JsonObject = {}
  for (const key of keys) if (Object.hasOwn(source, key) && source[key] != null) picked[key] = source[key]
  return picked
}
