import { geminiTranscriptions } from '../../codecs/google-speech/gemini-transcriptions.ts'
import { openaiTranscriptions, openaiTranslations } from '../../codecs/openai-transcriptions/codec.ts'
import type { Binding, Provider } from '../provider.ts'
import { openaiAudio, SPEECH, WHISPER } from '../vendors/openai/openai-audio.ts'
import { withTranscripts } from './assemblyai.ts'
import { awsPolly } from './aws-polly.ts'
import { AZURE_SPEECH, isAzureSpeech, withSpeechKeys } from './azure-speech.ts'
import { deepgram } from './deepgram.ts'
import { elevenlabs } from './elevenlabs.ts'
import { FIREWORKS_AUDIO } from './fireworks-audio.ts'
import { isOrpheus, orpheusSpeech } from './groq-speech.ts'
import { minimaxSpeech } from './minimax-speech.ts'
import { nvidiaRiva } from './nvidia-riva.ts'
import { runwaymlSpeech } from './runwayml-speech.ts'
import { soniox } from './soniox.ts'
import { voxtral } from './voxtral.ts'
import { WATSONX_TRANSCRIPTION } from './watsonx-transcriptions.ts'

/** Providers of nothing else. */
export const audioProviders: readonly Provider[] = [awsPolly, deepgram, elevenlabs, nvidiaRiva, soniox]

/** Transcripts alone, at vendors that charge by the second. */
const TRANSCRIPTS: Provider['endpoints'] = { transcription: WHISPER.transcription ?? [] }

/** vLLM tells the seconds with every transcript. */
const VLLM: Provider['endpoints'] = {
  transcription: [{ codec: openaiTranscriptions, path: '/audio/transcriptions' }],
  translation: [{ codec: openaiTranslations, path: '/audio/translations' }],
}

/** Speech and transcripts of providers that are known for their chat. */
const AUDIO: Readonly<Record<string, Provider['endpoints']>> = {
  aihubmix: { ...WHISPER, ...SPEECH },
  custom: openaiAudio(),
  custom_openai: openaiAudio(),
  fireworks_ai: FIREWORKS_AUDIO,
  hosted_vllm: VLLM,
  litellm_proxy: openaiAudio(),
  minimax: { speech: [{ codec: minimaxSpeech, path: '/t2a_v2' }] },
  mistral: { transcription: [{ codec: voxtral, path: '/audio/transcriptions' }] },
  openai_like: openaiAudio(),
  ovhcloud: TRANSCRIPTS,
  runwayml: { speech: [{ codec: runwaymlSpeech, path: '/v1/text_to_speech' }] },
  scaleway: TRANSCRIPTS,
  watsonx: { transcription: [WATSONX_TRANSCRIPTION] },
  xinference: { ...WHISPER, ...SPEECH },
}

/** A provider with all the audio it can do. */
export function withAudio(provider: Provider): Provider {
  switch (provider.name) {
    case 'assemblyai':
      return withTranscripts(provider)
    case 'azure':
      return speakingBy(
        { ...provider, credentials: withSpeechKeys(provider.credentials) },
        AZURE_SPEECH,
        isAzureSpeech,
      )
    case 'gemini':
    case 'vertex_ai':
    case 'vertex_ai_beta':
      return listening(provider)
    case 'groq':
      return speakingBy(provider, { codec: orpheusSpeech, path: '/audio/speech' }, isOrpheus)
    case 'minimax':
      return { ...withEndpoints(provider), params: { ...provider.params, speed: { min: 0.5, max: 2 } } }
    default:
      return withEndpoints(provider)
  }
}

/** A client's own format is preferred, so the models that have another are taken from it. */
function speakingBy(
  provider: Provider,
  binding: Binding<'speech'>,
  isIts: (model: string) => boolean,
): Provider {
  const others = (provider.endpoints.speech ?? []).map(other => ({
    ...other,
    serves: (model: string) => !isIts(model) && (other.serves?.(model) ?? true),
  }))
  return {
    ...provider,
    endpoints: { ...provider.endpoints, speech: [{ ...binding, serves: isIts }, ...others] },
  }
}

function withEndpoints(provider: Provider): Provider {
  const audio = AUDIO[provider.name]
  return audio ? { ...provider, endpoints: { ...provider.endpoints, ...audio } } : provider
}

/** Gemini's models listen where they speak. */
function listening(provider: Provider): Provider {
  const [speech] = provider.endpoints.speech ?? []
  if (speech === undefined) return provider
  const { codec: _, ...place } = speech
  return {
    ...provider,
    endpoints: { ...provider.endpoints, transcription: [{ ...place, codec: geminiTranscriptions }] },
  }
}
