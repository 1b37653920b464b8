import type { Control } from '../delivery/control.ts'
import type { JsonObject } from '../json.ts'
import type { Jobs } from '../state/jobs.ts'
import type { UpstreamState } from '../state/upstream-state.ts'
import type { Framing, Head, Route } from './wire.ts'

/** A request as an operation of kind `call` sees it. */
export interface WireCall {
  readonly head: Head
  readonly route: Route
  /**
   * The JSON body; of a form its fields, texts and `Upload`s by name (a list where a name repeats); of an
   * url-encoded body its texts; empty when the body is neither.
   */
  readonly body: JsonObject
  readonly raw: Buffer
  /** From the path or the body, empty when neither names it. */
  readonly model: string
  readonly stream: boolean
  readonly sequence: number
  /** What scripts, headers and the model's name ask for; delays and cuts are seen to elsewhere. */
  readonly control: Control
  /** The jobs of this wire. */
  readonly jobs: Jobs
  readonly state: UpstreamState
  /** `http://127.0.0.1:<port>[/<wire>]`: for URLs in replies. */
  readonly origin: string
}

interface AnswerHead {
  /** Default 200. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** What an operation of kind `call` answers. */
export type WireAnswer = AnswerHead &
  (
    | { readonly json: unknown }
    | { readonly text: string; readonly contentType?: string }
    | { readonly bytes: Buffer; readonly contentType: string }
    | {
        /** With the framing `bytes`: buffers or texts, one for each write. */
        readonly events: readonly unknown[]
        /** Default the route's. */
        readonly framing?: Framing
        /** Default the framing's. */
        readonly contentType?: string
      }
  )
