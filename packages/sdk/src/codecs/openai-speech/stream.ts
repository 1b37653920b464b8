import { createError, type SluiceError } from '../../errors.ts'
import { isJsonObject, textOf } from '../../types/json.ts'
import type { SpeechEvent, SpeechRequest, SpeechUsage } from '../../types/speech.ts'
import type { StreamTransform, WireEvent } from '../../types/stream.ts'
import type { CallInfo, EventEncoder } from '../codec.ts'
import { decodeLateError, encodeError } from '../openai-chat/errors/errors.ts'
import { parseEvent } from '../parse-event.ts'
import { audioTypeOf } from './audio-formats.ts'

/** Bare audio, piece by piece. An answer without a sound is an error. */
export function decodeAudioStream(): StreamTransform<WireEvent, SpeechEvent> {
  let heard = false
  return {
    push({ bytes }) {
      if (bytes === undefined || bytes.length === 0) return []
      heard = true
      return [{ audio: bytes }]
    },
    end() {
      if (!heard) throw silent()
      return []
    },
  }
}

/** `speech.audio.delta` with base64, `speech.audio.done` with the tokens. */
export function decodeSpeechEvents(info: CallInfo): StreamTransform<WireEvent, SpeechEvent> {
  let done = false
  return {
    push(wire) {
      if (wire.data === '[DONE]') return []
      const event = parseEvent(wire.data, info)
      if (event.type === 'error' || event.error != null) throw decodeLateError(event.error ?? event, info)
      if (event.type === 'speech.audio.delta') return [{ audio: Buffer.from(textOf(event.audio), 'base64') }]
      if (event.type !== 'speech.audio.done') return []
      done = true
      return isJsonObject(event.usage) ? [{ usage: event.usage as SpeechUsage }] : []
    },
    end() {
      if (!done)
        throw createError({
          kind: 'truncated',
          message: 'The provider closed the stream before the speech was over.',
          provider: info.deployment.provider,
          model: info.model,
        })
      return []
    },
  }
}

function silent() {
  return createError({ kind: 'bad_gateway', message: 'The provider answered without any audio.' })
}

/** Audio as clients want it: bare, or as events with base64. */
export function encodeSpeechStream(request: SpeechRequest): EventEncoder<'speech'> {
  return request.stream_format === 'sse' ? new EventsOut() : new AudioOut(request)
}

class AudioOut implements EventEncoder<'speech'> {
  contentType: string

  constructor({ response_format: format }: SpeechRequest) {
    this.contentType = audioTypeOf(format)
  }

  push({ audio, contentType }: SpeechEvent): WireEvent[] {
    if (contentType) this.contentType = contentType
    return audio ? [{ data: '', bytes: audio }] : []
  }

  end(): WireEvent[] {
    return []
  }

  /** Audio has no words for a failure: whoever writes it breaks the connection off. */
  fail(): WireEvent[] {
    return []
  }
}

class EventsOut implements EventEncoder<'speech'> {
  private usage: SpeechUsage | undefined

  push({ audio, usage }: SpeechEvent): WireEvent[] {
    this.usage = usage ?? this.usage
    return audio ? [event('speech.audio.delta', { audio: audio.toString('base64') })] : []
  }

  end(): WireEvent[] {
    return [event('speech.audio.done', this.usage ? { usage: this.usage } : {})]
  }

  fail(error: SluiceError): WireEvent[] {
    return [{ event: 'error', data: JSON.stringify({ type: 'error', ...encodeError(error) }) }]
  }
}

function event(type: string, rest: object): WireEvent {
  return { data: JSON.stringify({ type, ...rest }) }
}
