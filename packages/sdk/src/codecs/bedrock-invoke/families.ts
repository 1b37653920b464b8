import type { FinishReason } from '../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import {
  chatml,
  deepseekR1,
  llama2,
  llama3,
  mistralInstruct,
  type PromptTemplate,
  plain,
  userAndBot,
} from './prompts.ts'

/** The settings that a prompt's model may know, in the hub's words. */
export type PromptParam =
  | 'max_tokens'
  | 'temperature'
  | 'top_p'
  | 'top_k'
  | 'stop'
  | 'n'
  | 'presence_penalty'
  | 'frequency_penalty'

/** One answer, or a piece of it. */
export interface PromptReply {
  readonly text: string
  /** The maker's own word. */
  readonly finish?: unknown
  readonly input?: unknown
  readonly output?: unknown
}

/** A maker's body around a prompt. */
export interface PromptFamily {
  readonly template: (model: string) => PromptTemplate
  /** The maker's names of the settings it knows. */
  readonly params: Readonly<Partial<Record<PromptParam, string>>>
  /** Puts prompt and settings together. */
  readonly body: (prompt: string, settings: JsonObject) => JsonObject
  /** The answers of a whole reply, one unless several were asked for. */
  readonly replies: (body: JsonObject) => readonly PromptReply[]
  /** A piece of a stream; absent where the maker's models do not stream. */
  readonly piece?: (event: JsonObject) => PromptReply
  /** True when the answer begins inside `<think>`. */
  readonly thinks?: true
}

const STOP_WORDS: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  end_turn: 'stop',
  endoftext: 'stop',
  FINISH: 'stop',
  FINISHED: 'stop',
  COMPLETE: 'stop',
  STOP_CRITERIA_MET: 'stop',
  length: 'length',
  max_tokens: 'length',
  LENGTH: 'length',
  MAX_TOKENS: 'length',
  CONTENT_FILTERED: 'content_filter',
  RAG_QUERY_WHEN_RAG_DISABLED: 'stop',
  ERROR_TOXIC: 'content_filter',
}

/** The maker's word → finish reason; unknown ones count as an end. */
export function finishOf(word: unknown): FinishReason {
  return STOP_WORDS[textOf(isJsonObject(word) ? word.reason : word)] ?? 'stop'
}

function first(list: unknown): JsonObject {
  const item: unknown = isJsonArray(list) ? list[0] : undefined
  return isJsonObject(item) ? item : {}
}

const sampling = { temperature: 'temperature', top_p: 'top_p' } as const

function generation(body: JsonObject): PromptReply {
  return {
    text: textOf(body.generation),
    finish: body.stop_reason,
    input: body.prompt_token_count,
    output: body.generation_token_count,
  }
}

/** Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-meta.html */
export const llama: PromptFamily = {
  template: model => (/llama-?2/.test(model.toLowerCase()) ? llama2 : llama3),
  params: { max_tokens: 'max_gen_len', ...sampling },
  body: (prompt, settings) => ({ prompt, ...settings }),
  replies: body => [generation(body)],
  piece: generation,
}

/** Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-deepseek.html */
export const deepseek: PromptFamily = {
  template: () => deepseekR1,
  params: { max_tokens: 'max_tokens', stop: 'stop', ...sampling },
  body: (prompt, settings) => ({ prompt, ...settings }),
  replies: ({ choices, ...rest }) =>
    isJsonArray(choices) ? choices.filter(isJsonObject).map(choice) : [generation(rest)],
  piece: event => (isJsonArray(event.choices) ? choice(first(event.choices)) : generation(event)),
  thinks: true,
}

function choice({ text, stop_reason, finish_reason }: JsonObject): PromptReply {
  return { text: textOf(text), finish: stop_reason ?? finish_reason ?? undefined }
}

/** Imported Qwen 2 answers `text`, Qwen 3 `generation`. */
function qwenReply(body: JsonObject): PromptReply {
  return isJsonArray(body.choices)
    ? choice(first(body.choices))
    : { ...generation(body), text: textOf(body.generation ?? body.text) }
}

/** Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-import-model.html */
export const qwen: PromptFamily = {
  template: () => chatml,
  params: { max_tokens: 'max_gen_len', top_k: 'top_k', stop: 'stop', ...sampling },
  body: (prompt, settings) => ({ prompt, ...settings }),
  replies: body => [qwenReply(body)],
  piece: qwenReply,
}

function mistralReply({ outputs }: JsonObject): PromptReply {
  const { text, stop_reason } = first(outputs)
  return { text: textOf(text), finish: stop_reason ?? undefined }
}

/** Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-mistral-text-completion.html */
export const mistral: PromptFamily = {
  template: () => mistralInstruct,
  params: { max_tokens: 'max_tokens', top_k: 'top_k', stop: 'stop', ...sampling },
  body: (prompt, settings) => ({ prompt, ...settings }),
  replies: body => [mistralReply(body)],
  piece: mistralReply,
}

/** Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-text.html */
export const titan: PromptFamily = {
  template: () => userAndBot,
  params: { max_tokens: 'maxTokenCount', temperature: 'temperature', top_p: 'topP', stop: 'stopSequences' },
  body: (inputText, settings) => ({
    inputText,
    ...(Object.keys(settings).length > 0 && { textGenerationConfig: settings }),
  }),
  replies: body => {
    const { outputText, completionReason, tokenCount } = first(body.results)
    const text = textOf(outputText).replace(/^\n/, '')
    return [{ text, finish: completionReason, input: body.inputTextTokenCount, output: tokenCount }]
  },
  piece: event => ({
    text: textOf(event.outputText),
    finish: event.completionReason ?? undefined,
    input: event.inputTextTokenCount,
    output: event.totalOutputTextTokenCount,
  }),
}

/** Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-cohere-command.html */
export const command: PromptFamily = {
  template: () => plain,
  params: {
    max_tokens: 'max_tokens',
    temperature: 'temperature',
    top_p: 'p',
    top_k: 'k',
    stop: 'stop_sequences',
    n: 'num_generations',
  },
  body: (prompt, settings) => ({ prompt, ...settings }),
  replies: ({ generations }) =>
    (isJsonArray(generations) ? generations.filter(isJsonObject) : []).map(({ text, finish_reason }) => ({
      text: textOf(text),
      finish: finish_reason,
    })),
  piece: event => ({ text: textOf(event.text), finish: event.finish_reason ?? undefined }),
}

/** Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-jurassic2.html */
export const jurassic: PromptFamily = {
  template: () => plain,
  params: {
    max_tokens: 'maxTokens',
    temperature: 'temperature',
    top_p: 'topP',
    stop: 'stopSequences',
    n: 'numResults',
    presence_penalty: 'presencePenalty',
    frequency_penalty: 'frequencyPenalty',
  },
  body: (prompt, { presencePenalty, frequencyPenalty, ...settings }) => ({
    prompt,
    ...settings,
    ...(presencePenalty != null && { presencePenalty: { scale: presencePenalty } }),
    ...(frequencyPenalty != null && { frequencyPenalty: { scale: frequencyPenalty } }),
  }),
  replies: ({ completions, prompt }) =>
    (isJsonArray(completions) ? completions.filter(isJsonObject) : []).map(({ data, finishReason }) => {
      const { text, tokens } = isJsonObject(data) ? data : ({} as JsonObject)
      return {
        text: textOf(text),
        finish: finishReason,
        ...(isJsonArray(tokens) && { output: tokens.length }),
        ...(isJsonObject(prompt) && isJsonArray(prompt.tokens) && { input: prompt.tokens.length }),
      }
    }),
}
