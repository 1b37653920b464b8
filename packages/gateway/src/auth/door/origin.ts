import type { HeaderMap } from '../credential.ts'

/** Where a request came from and where it goes, for those checks that look at more than its credential. */
export interface Origin {
  readonly method: string
  /** The path as the router matched it: what is dispatched and what is checked are the same. */
  readonly path: string
  readonly headers: HeaderMap
  /** Of the connection. */
  readonly address: string | undefined
}
