import { createError, type ErrorKind, type SluiceError } from '../../errors.ts'
import type { ChatResponse } from '../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'
import { plainReply } from '../prompts/plain-reply.ts'
import { filesOfParts, textOfParts } from './parts.ts'

/** JSON-RPC's and the protocol's own codes. Source: https://a2a-protocol.org/v0.3.0/specification/#8-error-handling */
const CODES: ReadonlyMap<unknown, ErrorKind> = new Map<unknown, ErrorKind>([
  [-32700, 'bad_request'],
  [-32600, 'bad_request'],
  [-32601, 'bad_request'],
  [-32602, 'bad_request'],
  [-32603, 'internal'],
  [-32001, 'not_found'],
  [-32002, 'conflict'],
  [-32004, 'bad_request'],
  [-32005, 'bad_request'],
])

/** The result of a JSON-RPC answer. Throws the agent's error. */
export function resultOf(body: unknown, info: CallInfo): JsonObject {
  const { error, result } = isJsonObject(body) ? body : {}
  if (isJsonObject(error))
    throw createError({
      kind: CODES.get(error.code) ?? 'bad_gateway',
      message: textOf(error.message) || 'The agent reported an error without words.',
      code: String(error.code),
      providerSpecificFields: { error },
      ...source(info),
    })
  if (isJsonObject(result)) return result
  throw createError({
    kind: 'bad_gateway',
    message: 'The agent answered without a "result".',
    ...source(info),
  })
}

export function source({ deployment, model }: CallInfo) {
  return { provider: deployment.provider, model }
}

/** `submitted`, `working` …; `undefined` for what is no task. */
export function stateOf({ status }: JsonObject): string | undefined {
  return isJsonObject(status) ? textOf(status.state) : undefined
}

export function isRunning(result: JsonObject): boolean {
  const state = stateOf(result)
  return state === 'submitted' || state === 'working'
}

const FAILURES: ReadonlyMap<string | undefined, ErrorKind> = new Map<string | undefined, ErrorKind>([
  ['failed', 'bad_gateway'],
  ['canceled', 'bad_gateway'],
  ['unknown', 'bad_gateway'],
  ['rejected', 'bad_request'],
  ['auth-required', 'permission'],
])

/** Why a task ended without an answer, in the agent's words; `undefined` when it did not. */
export function failureOf(task: JsonObject, info: CallInfo): SluiceError | undefined {
  const state = stateOf(task)
  const kind = FAILURES.get(state)
  if (kind === undefined) return undefined
  const words = statusText(task)
  return createError({
    kind,
    message:
      words === ''
        ? `The agent's task ended as "${state}".`
        : `The agent's task ended as "${state}": ${words}`,
    ...source(info),
  })
}

export function statusText({ status }: JsonObject): string {
  const message = isJsonObject(status) ? status.message : undefined
  return isJsonObject(message) ? textOfParts(message.parts) : ''
}

/** A message, or a task: its artifacts, else what its status says, else the agent's last word in its history. */
export function decodeResponse(body: unknown, info: CallInfo): ChatResponse {
  const result = resultOf(body, info)
  const failure = failureOf(result, info)
  if (failure) throw failure
  const parts = answerParts(result)
  const files = filesOfParts(parts)
  const state = stateOf(result)
  const specific = {
    ...(typeof result.contextId === 'string' && { context_id: result.contextId }),
    ...(state !== undefined && { task_id: result.id, task_state: state }),
    ...(files.length > 0 && { files }),
  }
  return plainReply(info, {
    text: textOfParts(parts),
    ...(Object.keys(specific).length > 0 && { specific }),
  })
}

function answerParts(result: JsonObject): unknown[] {
  if (isJsonArray(result.parts)) return result.parts
  const artifacts = isJsonArray(result.artifacts) ? result.artifacts.filter(isJsonObject) : []
  const made = artifacts.flatMap(({ parts }) => (isJsonArray(parts) ? parts : []))
  if (made.length > 0) return made
  const message = isJsonObject(result.status) ? result.status.message : undefined
  if (isJsonObject(message) && isJsonArray(message.parts)) return message.parts
  const history = isJsonArray(result.history) ? result.history.filter(isJsonObject) : []
  const last = history.findLast(({ role }) => role === 'agent')
  return isJsonArray(last?.parts) ? last.parts : []
}
