import { openaiSpeech, openaiSpeechEvents } from '../../../codecs/openai-speech/codec.ts'
import {
  openaiTranscriptions,
  openaiTranscriptionsWith,
  openaiTranslations,
  openaiTranslationsWith,
} from '../../../codecs/openai-transcriptions/codec.ts'
import type { Binding, Provider } from '../../provider.ts'

/** Where an operation's path is, for vendors that put more before it. */
type Place = (operation: string) => Binding['path']

/** `tts-1` is charged by the character and sends no events; later models tell their tokens in events. */
function tellsTokens(model: string): boolean {
  return model.includes('gpt-')
}

/** OpenAI's own three audio endpoints. */
export function openaiAudio(
  at: Place = operation => operation,
  model?: Binding['model'],
): Provider['endpoints'] {
  const named = model && { model }
  return {
    speech: [
      { codec: openaiSpeechEvents, path: at('/audio/speech'), serves: tellsTokens, ...named },
      { codec: openaiSpeech, path: at('/audio/speech'), serves: model => !tellsTokens(model), ...named },
    ],
    transcription: [{ codec: openaiTranscriptions, path: at('/audio/transcriptions'), ...named }],
    translation: [{ codec: openaiTranslations, path: at('/audio/translations'), ...named }],
  }
}

const timed = { tellsDuration: false } as const

/** Whisper at others, charged by the second, of which only `verbose_json` tells. */
export const WHISPER: Provider['endpoints'] = {
  transcription: [{ codec: openaiTranscriptionsWith(timed), path: '/audio/transcriptions' }],
  translation: [{ codec: openaiTranslationsWith(timed), path: '/audio/translations' }],
}

/** Speech in OpenAI's shape at others. */
export const SPEECH: Provider['endpoints'] = { speech: [{ codec: openaiSpeech, path: '/audio/speech' }] }
