import { createError } from '../../errors.ts'
import type { SpeechEvent, SpeechResponse } from '../../types/speech.ts'
import type { StreamTransform, WireEvent } from '../../types/stream.ts'
import { WireBytes } from '../../types/wire-body.ts'
import type { CallInfo } from '../codec.ts'
import { openWavHeader, wavOf } from '../media/wav.ts'
import { audioTypeOf } from './audio-formats.ts'
import { decodeAudioStream } from './stream.ts'

/** How a vendor makes one of OpenAI's audio formats. */
export interface MadeFormat<Wire> {
  /** The vendor's word for it, or whatever else its request says. */
  readonly wire: Wire
  /** Samples per second of what the vendor sends, where that is bare samples that we make a WAV file of. */
  readonly wavRate?: number
  /** Its media type where it is not the usual one. */
  readonly type?: string
  /** How it differs from OpenAI's own, for the receipt. */
  readonly differs?: string
}

interface Chosen<Wire> extends MadeFormat<Wire> {
  readonly type: string
}

/** What a vendor makes of OpenAI's audio formats; the first is made where nothing is said. */
export class MadeFormats<Wire> {
  /** For `UpstreamHalf.only`. */
  readonly only: { readonly response_format: readonly string[] }
  private readonly table: ReadonlyMap<string, MadeFormat<Wire>>

  constructor(table: Readonly<Record<string, MadeFormat<Wire>>>) {
    this.table = new Map(Object.entries(table))
    this.only = { response_format: [...this.table.keys()] }
  }

  /** What is asked of the vendor; says what is not quite OpenAI's. */
  asked(request: { readonly response_format?: unknown }, info: CallInfo): Chosen<Wire> {
    const chosen = this.chosen(request.response_format)
    if (chosen.differs !== undefined)
      info.warn({ action: 'approximated', param: 'response_format', reason: chosen.differs })
    return chosen
  }

  /** A whole answer as the format that was asked for. Throws for silence, and for an answer that is no audio. */
  answer(body: unknown, info: CallInfo): SpeechResponse {
    if (body instanceof WireBytes) return { audio: this.whole(body.bytes, info) }
    throw silent(info)
  }

  /** Bytes as the format that was asked for. */
  whole(bytes: Buffer, info: CallInfo): WireBytes {
    if (bytes.length === 0) throw silent(info)
    const { wavRate, type } = this.chosen(info.request?.response_format)
    return new WireBytes(wavRate === undefined ? bytes : wavOf(bytes, wavRate), type)
  }

  /** Bare audio as the format that was asked for; silence is an error. */
  stream(info: CallInfo): StreamTransform<WireEvent, SpeechEvent> {
    const read = decodeAudioStream()
    const begin = this.opener(info)
    return { push: event => [...read.push(event)].map(begin), end: read.end }
  }

  /** Puts before the first piece of audio what its format begins with, and states the media type. */
  opener(info: CallInfo): (event: SpeechEvent) => SpeechEvent {
    const { wavRate, type } = this.chosen(info.request?.response_format)
    let open = false
    return event => {
      if (open || event.audio === undefined) return event
      open = true
      const head = wavRate === undefined ? [] : [openWavHeader(wavRate)]
      return { ...event, audio: Buffer.concat([...head, event.audio]), contentType: type }
    }
  }

  /** A format that the vendor does not make was refused or dropped before: the first is made then. */
  private chosen(asked: unknown): Chosen<Wire> {
    const [first] = this.only.response_format
    const name = typeof asked === 'string' && this.table.has(asked) ? asked : (first ?? '')
    const made = this.table.get(name) as MadeFormat<Wire>
    return { ...made, type: made.type ?? audioTypeOf(name) }
  }
}

function silent(info: CallInfo) {
  return createError({
    kind: 'bad_gateway',
    message: 'The provider answered a speech request without audio.',
    provider: info.deployment.provider,
    model: info.model,
  })
}
