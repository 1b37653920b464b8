import type { Binding, Provider } from '../provider.ts'
import { WHISPER } from '../vendors/openai/openai-audio.ts'

const CHAT_BASE = /^https:\/\/api\.fireworks\.ai\/inference\/v1$/

/** Recordings have hosts of their own, one for each model. Source: https://docs.fireworks.ai/api-reference/audio-transcriptions */
const place: Pick<Binding, 'baseUrl' | 'model'> = {
  baseUrl: (base, { model }) =>
    base.replace(
      CHAT_BASE,
      `https://audio-${model.includes('turbo') ? 'turbo' : 'prod'}.api.fireworks.ai/v1`,
    ),
  model: model => model.slice(model.lastIndexOf('/') + 1),
}

export const FIREWORKS_AUDIO: Provider['endpoints'] = {
  transcription: (WHISPER.transcription ?? []).map(binding => ({ ...binding, ...place })),
  translation: (WHISPER.translation ?? []).map(binding => ({ ...binding, ...place })),
}
