import type { JsonObject } from './json.ts'
import type { Usage } from './usage.ts'

/**
 * The hub shape of the `chat` endpoint: OpenAI's Chat Completions request plus LiteLLM's extras.
 * Unknown fields are kept and sent on. Source: https://platform.openai.com/docs/api-reference/chat/create
 */
export interface ChatRequest extends JsonObject {
  model: string
  messages: ChatMessage[]
  stream?: boolean | null
  stream_options?: { include_usage?: boolean; [key: string]: unknown } | null
  temperature?: number | null
  top_p?: number | null
  /** Not OpenAI's; Anthropic and Gemini have it, others refuse it. */
  top_k?: number | null
  n?: number | null
  stop?: string | string[] | null
  seed?: number | null
  max_tokens?: number | null
  max_completion_tokens?: number | null
  presence_penalty?: number | null
  frequency_penalty?: number | null
  logit_bias?: Record<string, number> | null
  logprobs?: boolean | null
  top_logprobs?: number | null
  user?: string | null
  tools?: ChatTool[] | null
  tool_choice?: ToolChoice | null
  parallel_tool_calls?: boolean | null
  response_format?: ResponseFormat | null
  reasoning_effort?: ReasoningEffort | null
  /** Anthropic's thinking switch; wins over `reasoning_effort`. */
  thinking?: Thinking | null
  modalities?: string[] | null
  metadata?: JsonObject | null
}

export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max' | (string & {})

export interface Thinking extends JsonObject {
  type: 'enabled' | 'disabled' | 'adaptive' | (string & {})
  budget_tokens?: number
}

export type ChatMessage = SystemMessage | UserMessage | AssistantMessage | ToolMessage

interface MessageBase extends JsonObject {
  name?: string
  /** Anthropic's prompt caching mark; providers without it drop it with a warning. */
  cache_control?: CacheControl
}

export interface SystemMessage extends MessageBase {
  role: 'system' | 'developer'
  content: string | ContentPart[]
}

export interface UserMessage extends MessageBase {
  role: 'user'
  content: string | ContentPart[]
}

export interface AssistantMessage extends MessageBase {
  role: 'assistant'
  content?: string | ContentPart[] | null
  refusal?: string | null
  tool_calls?: ToolCall[]
  /** All thinking text, every provider. */
  reasoning_content?: string | null
  /** Thinking with its signatures, to be sent back unchanged on the next turn. */
  thinking_blocks?: ThinkingBlock[] | null
  provider_specific_fields?: JsonObject | null
}

export interface ToolMessage extends MessageBase {
  role: 'tool'
  tool_call_id: string
  content: string | ContentPart[]
}

export interface CacheControl extends JsonObject {
  type: 'ephemeral' | (string & {})
  ttl?: string
}

export type ThinkingBlock =
  | { type: 'thinking'; thinking: string; signature?: string | null; [key: string]: unknown }
  | { type: 'redacted_thinking'; data: string; [key: string]: unknown }

/** One part of a message. Kinds we do not know are carried as they are. */
export type ContentPart = TextPart | ImagePart | AudioPart | FilePart | RefusalPart | OtherPart

interface PartBase extends JsonObject {
  cache_control?: CacheControl
}
export interface TextPart extends PartBase {
  type: 'text'
  text: string
}
export interface ImagePart extends PartBase {
  type: 'image_url'
  /** `url` is http(s) or a `data:` URI; `format` states the MIME type when the URL cannot. */
  image_url: { url: string; detail?: string; format?: string; [key: string]: unknown }
}
export interface AudioPart extends PartBase {
  type: 'input_audio'
  /** `data` is base64. */
  input_audio: { data: string; format: string; [key: string]: unknown }
}
export interface FilePart extends PartBase {
  type: 'file'
  /** `file_data` is a `data:` URI or base64; `file_id` may also be an http(s) URL (LiteLLM). */
  file: { file_id?: string; file_data?: string; filename?: string; format?: string; [key: string]: unknown }
}
export interface RefusalPart extends PartBase {
  type: 'refusal'
  refusal: string
}
export interface OtherPart extends PartBase {
  type: 'document' | 'video_url' | 'thinking' | 'redacted_thinking' | (string & { readonly other?: never })
}

export interface ToolCall extends JsonObject {
  id: string
  type: 'function' | (string & {})
  function: { name: string /** JSON text. */; arguments: string; [key: string]: unknown }
  provider_specific_fields?: JsonObject
}

export interface ChatTool extends JsonObject {
  type: 'function' | (string & {})
  function?: {
    name: string
    description?: string
    /** A JSON Schema. */
    parameters?: JsonObject
    strict?: boolean | null
    [key: string]: unknown
  }
  cache_control?: CacheControl
}

export type ToolChoice =
  | 'auto'
  | 'none'
  | 'required'
  | { type: 'function' | (string & {}); function?: { name: string }; [key: string]: unknown }

export type ResponseFormat =
  | { type: 'text' }
  | { type: 'json_object'; [key: string]: unknown }
  | {
      type: 'json_schema'
      json_schema: { name: string; schema?: JsonObject; strict?: boolean | null; description?: string }
      [key: string]: unknown
    }

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'function_call'

/** A whole reply. Source: https://platform.openai.com/docs/api-reference/chat/object */
export interface ChatResponse extends JsonObject {
  id: string
  object: 'chat.completion'
  /** Seconds since the epoch. */
  created: number
  model: string
  choices: ChatChoice[]
  usage?: Usage
  system_fingerprint?: string | null
  service_tier?: string | null
}

export interface ChatChoice extends JsonObject {
  index: number
  message: ChatResponseMessage
  finish_reason: FinishReason | null
  logprobs?: JsonObject | null
  provider_specific_fields?: JsonObject
}

export interface ChatResponseMessage extends JsonObject {
  role: 'assistant'
  content: string | null
  refusal?: string | null
  tool_calls?: ToolCall[]
  reasoning_content?: string | null
  thinking_blocks?: ThinkingBlock[] | null
  annotations?: JsonObject[]
  images?: JsonObject[]
  audio?: JsonObject | null
  provider_specific_fields?: JsonObject | null
}

/** One streamed event. Source: https://platform.openai.com/docs/api-reference/chat-streaming */
export interface ChatChunk extends JsonObject {
  id: string
  object: 'chat.completion.chunk'
  created: number
  model: string
  choices: ChatChunkChoice[]
  usage?: Usage | null
  system_fingerprint?: string | null
  service_tier?: string | null
}

export interface ChatChunkChoice extends JsonObject {
  index: number
  delta: ChatDelta
  finish_reason: FinishReason | null
  logprobs?: JsonObject | null
  provider_specific_fields?: JsonObject
}

export interface ChatDelta extends JsonObject {
  role?: 'assistant'
  content?: string | null
  refusal?: string | null
  /** The first delta of a call carries `id` and `name`, later ones only pieces of `arguments`. */
  tool_calls?: ToolCallDelta[]
  reasoning_content?: string | null
  /** A `thinking_delta` piece, or a whole block once its signature is known. */
  thinking_blocks?: ThinkingBlock[] | null
  images?: JsonObject[]
  audio?: JsonObject | null
  provider_specific_fields?: JsonObject | null
}

export interface ToolCallDelta extends JsonObject {
  index: number
  id?: string
  type?: 'function' | (string & {})
  function?: { name?: string; arguments?: string; [key: string]: unknown }
  provider_specific_fields?: JsonObject
}
