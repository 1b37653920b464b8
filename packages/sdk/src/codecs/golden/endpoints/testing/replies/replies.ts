import type { JsonObject } from '../../../../../types/json.ts'
import type { WireBytes } from '../../../../../types/wire-body.ts'

/** What a provider answers. */
export interface Told {
  /** The last reply's body. */
  readonly body?: unknown
  /** Audio, a film, plain text. */
  readonly bytes?: WireBytes
  /** All replies' bodies, where the answer is spread over several. */
  readonly bodies?: readonly unknown[]
  readonly headers?: Readonly<Record<string, string>>
  /** What the client asked beyond the endpoint's sample. */
  readonly asked?: JsonObject
  readonly model?: string
  /** The provider whose variant of the format this is; the first one's unless stated. */
  readonly provider?: string
}

export interface RepliesOf {
  /** Where the vendor shows them. */
  readonly from: string
  readonly replies: Readonly<Record<string, Told>>
}

/** An endpoint's replies by format. */
export type Replies = Readonly<Record<string, RepliesOf>>
