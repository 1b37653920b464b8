import type { JsonObject } from 'sluice/internal'

/** One call of the log, as far as a replay needs it. What it was about is not kept. */
export interface LoggedCall {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly durationMs: number
  /** Milliseconds to the first token; absent when the answer was no stream. */
  readonly firstMs?: number
  /** What the caller named, as far as the log tells: else the group that was asked last. */
  readonly model: string
  /** The group of the deployment that was asked last. */
  readonly group: string
  /** Who answered, or was asked last; absent when the log does not say. */
  readonly deployment?: LoggedDeployment
  /** Tokens as the provider told them. */
  readonly usage: JsonObject & { readonly prompt_tokens: number; readonly completion_tokens: number }
  /** Null where the price was not known. */
  readonly spendUsd: number | null
  /** It is charged by the piece (images, seconds, pages …), so that its tokens do not tell its price. */
  readonly byPiece?: true
  /** Absent for an answer. */
  readonly failure?: LoggedFailure
  /** The error's class, of a failure. */
  readonly errorClass?: string
  readonly retries: number
  readonly fallbacks: number
  /** Who was asked before, where the log tells. */
  readonly earlier?: readonly LoggedAttempt[]
  readonly tags: readonly string[]
  readonly metadata?: JsonObject
  /** Whom it was for: a router may keep calls of one together. */
  readonly sessionId?: string
  readonly keyHash?: string
  readonly endUser?: string
}

export interface LoggedDeployment {
  /** Empty when the log does not tell. */
  readonly id: string
  readonly provider: string
  readonly model: string
  readonly apiBase: string
}

/**
 * How an attempt failed. `own` is the caller's doing: the same request fails everywhere (`bad_request`), or wherever the
 * same model is asked (`context_window`, `content_policy`).
 */
export type LoggedFailure =
  | { readonly kind: 'status' | 'timeout' | 'connection' | 'broken'; readonly status: number }
  /** Nobody was asked: all rested, or had no room. */
  | { readonly kind: 'busy'; readonly status: number }
  | { readonly kind: 'own'; readonly status: number; readonly why: OwnFault }

export type OwnFault = 'bad_request' | 'context_window' | 'content_policy'

export interface LoggedAttempt {
  readonly id: string
  readonly afterMs: number
  readonly durationMs: number
  readonly failure: LoggedFailure
}

/** Why a row is left out of the replay. */
export type LeftOut = 'cached' | 'refused' | 'left' | 'foreign'
