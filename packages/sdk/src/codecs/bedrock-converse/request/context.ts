import type { ChatRequest } from '../../../types/chat.ts'
import type { JsonObject } from '../../../types/json.ts'
import {
  type EncodeContext as ClaudeContext,
  encodeContext as claudeContext,
} from '../../anthropic-messages/request/context.ts'
import type { CallInfo } from '../../codec.ts'
import { OPENAI_TOOL_NAMES, ToolNames } from '../../tool-names.ts'
import { type ConverseTraits, converseTraits } from './models.ts'

/** A content block: one key says its kind, the value is its content. */
export type Block = JsonObject

/** What every encoder of one request shares. */
export interface EncodeContext {
  readonly info: CallInfo
  readonly traits: ConverseTraits
  /** What Claude's own rules need. */
  readonly claude: ClaudeContext
  readonly names: ToolNames
  /** Names of documents so far: AWS refuses two of one name. */
  readonly documents: Set<string>
  /** True when a guardrail is to look at the last user turns only, as LiteLLM does it. */
  readonly guardsLast: boolean
}

/** Source of the rule for tools' names: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolSpecification.html */
export function toolNamesOf(request: JsonObject | undefined): ToolNames {
  return new ToolNames(OPENAI_TOOL_NAMES, request)
}

export function encodeContext(request: ChatRequest, info: CallInfo): EncodeContext {
  return {
    info,
    traits: converseTraits(info.deployment.baseModel ?? info.model),
    claude: claudeContext(info, 'bedrock'),
    names: toolNamesOf(request),
    documents: new Set(),
    guardsLast: request.guardrailConfig != null && !hasGuardedText(request),
  }
}

function hasGuardedText({ messages }: ChatRequest): boolean {
  return messages.some(
    ({ content }) => Array.isArray(content) && content.some(part => part.type === 'guarded_text'),
  )
}
