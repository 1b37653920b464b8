import type { Answer } from '../../answer/conversation.ts'
import { argumentPieces } from '../../answer/tokens.ts'
import { asObject, type JsonObject } from '../../json.ts'
import { createdAt } from '../chat.ts'
import { sealPrefix } from './response-rules.ts'

/** What an answer is written from. */
export interface Written {
  readonly body: JsonObject
  readonly model: string
  readonly answer: Answer
  readonly sequence: number
}

/** A response object; without an answer it is one in progress. */
export function responseOf(
  written: Omit<Written, 'answer'> & { answer?: Answer },
  status?: string,
): JsonObject {
  const { body, model, answer, sequence } = written
  const state = status ?? (answer ? statusOf(answer) : 'in_progress')
  const reason = answer?.finish === 'content-filter' ? 'content_filter' : 'max_output_tokens'
  return {
    id: `resp_testkit${sequence}`,
    object: 'response',
    created_at: createdAt,
    ...(state === 'completed' && { completed_at: createdAt + 1 }),
    status: state,
    background: body.background ?? false,
    error: null,
    incomplete_details: state === 'incomplete' ? { reason } : null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: body.max_tool_calls ?? null,
    model,
    output: answer ? outputOf({ ...written, answer }) : [],
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: body.previous_response_id ?? null,
    prompt_cache_key: body.prompt_cache_key ?? null,
    reasoning: { effort: null, summary: null, ...asObject(body.reasoning) },
    safety_identifier: body.safety_identifier ?? null,
    service_tier: 'default',
    store: body.store ?? true,
    temperature: body.temperature ?? 1,
    text: { format: { type: 'text' }, verbosity: 'medium', ...asObject(body.text) },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_logprobs: body.top_logprobs ?? 0,
    top_p: body.top_p ?? 1,
    truncation: body.truncation ?? 'disabled',
    usage: answer ? usageOf(answer) : null,
    user: null,
    metadata: body.metadata ?? {},
  }
}

/** `completed`, or `incomplete` when a limit or filter cut the answer. */
export function statusOf({ finish }: Answer): 'completed' | 'incomplete' {
  return finish === 'length' || finish === 'content-filter' ? 'incomplete' : 'completed'
}

function usageOf({ tokens }: Answer): JsonObject {
  return {
    input_tokens: tokens.input,
    input_tokens_details: { cached_tokens: tokens.cached },
    output_tokens: tokens.output,
    output_tokens_details: { reasoning_tokens: tokens.reasoning },
    total_tokens: tokens.input + tokens.output,
  }
}

function outputOf(written: Written): JsonObject[] {
  return itemsOf(written).map(({ whole }) => whole)
}

interface Item {
  readonly whole: JsonObject
  /** The item as it begins in a stream. */
  readonly begun: JsonObject
  /** The events between its beginning and its end, without numbers. */
  readonly events: (index: number) => JsonObject[]
}

function itemsOf(written: Written): Item[] {
  const { answer } = written
  const message = answer.text !== '' || answer.toolCalls.length === 0 ? [messageItem(written)] : []
  return [
    ...(answer.thinking === '' ? [] : [reasoningItem(written)]),
    ...message,
    ...answer.toolCalls.map((_, index) => callItem(written, index)),
  ]
}

/** The model's reasoning is summed up only when that is asked for, and sealed only when it is included. */
function reasoningItem({ body, answer, sequence }: Written): Item {
  const id = `rs_testkit${sequence}`
  const { summary, generate_summary } = asObject(body.reasoning)
  const isTold = (summary ?? generate_summary ?? undefined) !== undefined
  const part = { type: 'summary_text', text: answer.thinking }
  const isSealed = Array.isArray(body.include) && body.include.includes('reasoning.encrypted_content')
  const seal = isSealed && {
    encrypted_content: sealPrefix + Buffer.from(answer.thinking).toString('base64url'),
  }
  const head = { id, type: 'reasoning' }
  return {
    whole: { ...head, summary: isTold ? [part] : [], ...seal },
    begun: { ...head, summary: [], ...seal },
    events: output_index => {
      if (!isTold) return []
      const at = { item_id: id, output_index, summary_index: 0 }
      const name = 'response.reasoning_summary'
      return [
        { type: `${name}_part.added`, ...at, part: { ...part, text: '' } },
        { type: `${name}_text.delta`, ...at, delta: answer.thinking },
        { type: `${name}_text.done`, ...at, text: answer.thinking },
        { type: `${name}_part.done`, ...at, part },
      ]
    },
  }
}

function messageItem({ answer, sequence }: Written): Item {
  const id = `msg_testkit${sequence}`
  const part = (said: string) => ({ type: 'output_text', text: said, annotations: [], logprobs: [] })
  const head = { id, type: 'message', role: 'assistant' }
  return {
    whole: { ...head, status: statusOf(answer), content: [part(answer.text)] },
    begun: { ...head, status: 'in_progress', content: [] },
    events: output_index => {
      const at = { item_id: id, output_index, content_index: 0 }
      const deltas = answer.pieces.map(delta => ({
        type: 'response.output_text.delta',
        ...at,
        delta,
        logprobs: [],
      }))
      return [
        { type: 'response.content_part.added', ...at, part: part('') },
        ...deltas,
        { type: 'response.output_text.done', ...at, text: answer.text, logprobs: [] },
        { type: 'response.content_part.done', ...at, part: part(answer.text) },
      ]
    },
  }
}

function callItem({ answer, sequence }: Written, index: number): Item {
  const call = answer.toolCalls[index]
  const id = `fc_testkit${sequence}x${index}`
  const name = call?.name ?? ''
  const args = JSON.stringify(call?.arguments ?? {})
  const head = { id, type: 'function_call', call_id: call?.id ?? `call_testkit${sequence}x${index}`, name }
  return {
    whole: { ...head, status: 'completed', arguments: args },
    begun: { ...head, status: 'in_progress', arguments: '' },
    events: output_index => [
      ...argumentPieces(args).map(delta => ({
        type: 'response.function_call_arguments.delta',
        item_id: id,
        output_index,
        delta,
      })),
      { type: 'response.function_call_arguments.done', item_id: id, output_index, name, arguments: args },
    ],
  }
}

/** The events of a streamed response, numbered. There is no end mark. */
export function responseEvents(written: Written): JsonObject[] {
  const { answer, ...begun } = written
  const items = itemsOf(written).flatMap((item, output_index) => [
    { type: 'response.output_item.added', output_index, item: item.begun },
    ...item.events(output_index),
    { type: 'response.output_item.done', output_index, item: item.whole },
  ])
  const events: JsonObject[] = [
    { type: 'response.created', response: responseOf(begun) },
    { type: 'response.in_progress', response: responseOf(begun) },
    ...items,
    { type: `response.${statusOf(answer)}`, response: responseOf(written) },
  ]
  return events.map((event, sequence_number) => ({ ...event, sequence_number }))
}
