import type { Codec } from '../../codecs/codec.ts'
import { openaiSpeech } from '../../codecs/openai-speech/codec.ts'
import { MadeFormats } from '../../codecs/openai-speech/made-formats.ts'

const FORMATS = new MadeFormats({ wav: { wire: 'wav' } })
const { upstream } = openaiSpeech

/** Orpheus makes WAV files alone, and must be told so. Source: https://console.groq.com/docs/text-to-speech/orpheus */
export const orpheusSpeech: Codec<'speech'> = {
  endpoint: 'speech',
  format: 'groq-speech',
  framing: 'bytes',
  upstream: {
    ...upstream,
    only: FORMATS.only,
    encodeRequest(request, info) {
      if (request.response_format == null)
        info.warn({
          action: 'approximated',
          param: 'response_format',
          reason: 'this model makes WAV files; the audio comes as one where nothing is said',
        })
      const { wire } = FORMATS.asked(request, info)
      return upstream.encodeRequest({ ...request, response_format: wire }, info)
    },
    decodeResponse: (body, info) => FORMATS.answer(body, info),
    decodeStream: info => FORMATS.stream(info),
  },
}

export function isOrpheus(model: string): boolean {
  return model.includes('orpheus')
}
