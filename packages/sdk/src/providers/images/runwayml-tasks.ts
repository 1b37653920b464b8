import type { CallInfo, FollowUp, WireReply } from '../../codecs/codec.ts'
import { isJsonArray, isJsonObject, textOf } from '../../types/json.ts'
import { failedJob } from './image-answers.ts'

/** Milliseconds to the first look, and the most between two: the vendor asks for no more than one in five seconds. */
const FIRST_POLL_MS = 1_000
const POLL_MS = 5_000

/** A task's failure in words; the code says whether a filter refused it: https://docs.dev.runwayml.com/errors/task-failures/ */
export function taskFailure(body: unknown, info: CallInfo) {
  const { failure, failureCode: code } = isJsonObject(body) ? body : {}
  const reason = textOf(failure) || textOf(code) || 'no reason given'
  return failedJob(`The task failed: ${reason}`, info, textOf(code).startsWith('SAFETY'))
}

/** Looks at a task until it ended. */
export function followTask(
  { body }: WireReply,
  _request: unknown,
  info: CallInfo,
  step: number,
  asked: string,
): FollowUp | undefined {
  if (!isJsonObject(body)) return undefined
  const status = textOf(body.status)
  if (status === 'FAILED' || status === 'CANCELLED') throw taskFailure(body, info)
  if (status === 'SUCCEEDED') return undefined
  const url = step === 0 ? `tasks/${encodeURIComponent(textOf(body.id))}` : asked
  return { method: 'GET', url, afterMs: step === 0 ? FIRST_POLL_MS : POLL_MS }
}

/** Where the files of a finished task lie. */
export function outputsOf(body: unknown): unknown[] {
  return isJsonObject(body) && isJsonArray(body.output) ? body.output : []
}
