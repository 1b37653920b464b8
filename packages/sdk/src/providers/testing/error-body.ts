import type { ErrorKind } from '../../errors.ts'

/** An error as a vendor documents it or sends it. */
export interface ErrorBody {
  readonly provider: string
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly kind: ErrorKind
  readonly code?: string
  readonly retryable?: boolean
  readonly retryAfterMs?: number
  readonly message?: string
  readonly param?: string
}

/** OpenAI's wrapper around an error. */
export const error = (more: object) => ({ error: more })
