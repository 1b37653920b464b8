import { gemini as geminiChat } from '../../../codecs/gemini/codec.ts'
import { penaltyRules } from '../../../codecs/gemini/request/model-family.ts'
import { geminiCountTokens } from '../../../codecs/gemini-count-tokens/codec.ts'
import { geminiEmbeddings } from '../../../codecs/gemini-embeddings/codec.ts'
import { geminiImageEdits, geminiImages } from '../../../codecs/google-images/gemini-images.ts'
import { imagen } from '../../../codecs/google-images/imagen.ts'
import { geminiSpeech } from '../../../codecs/google-speech/gemini-speech.ts'
import { geminiVeo } from '../../../codecs/veo/codec.ts'
import type { Credentials } from '../../../credentials/credentials.ts'
import type { Provider } from '../../provider.ts'

/** A header, because keys in URLs end up in logs. */
const credentials: Credentials = {
  env: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  required: true,
  sign(request, secret) {
    if (secret) request.headers['x-goog-api-key'] = secret
  },
}

const COLLECTIONS = ['models', 'tunedModels']

/** `models/x`, `tunedModels/x` and a bare `x` are all in use; any other slash is part of the name. */
function modelPath(model: string): string {
  const collection = COLLECTIONS.find(name => model.startsWith(`${name}/`))
  return collection === undefined
    ? `/v1beta/models/${encodeURIComponent(model)}`
    : `/v1beta/${collection}/${encodeURIComponent(model.slice(collection.length + 1))}`
}

function at(verb: string) {
  return ({ model }: { model: string }) => `${modelPath(model)}:${verb}`
}

const isImagen = (model: string) => /^(models\/)?imagen/.test(model)

/** Source: https://ai.google.dev/api */
export const gemini: Provider = {
  name: 'gemini',
  title: 'Google Gemini',
  docs: 'https://ai.google.dev/gemini-api/docs',
  baseUrl: 'https://generativelanguage.googleapis.com',
  baseUrlEnv: ['GEMINI_API_BASE'],
  credentials,
  endpoints: {
    chat: [
      {
        codec: geminiChat,
        path: ({ model, stream }) =>
          `${modelPath(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
      },
    ],
    count_tokens: [{ codec: geminiCountTokens, path: ({ model }) => `${modelPath(model)}:countTokens` }],
    embedding: [{ codec: geminiEmbeddings, path: ({ model }) => `${modelPath(model)}:batchEmbedContents` }],
    image_generation: [
      { codec: imagen, serves: isImagen, path: at('predict') },
      { codec: geminiImages, path: at('generateContent') },
    ],
    image_edit: [{ codec: geminiImageEdits, path: at('generateContent') }],
    speech: [{ codec: geminiSpeech, path: at('generateContent') }],
    video_generation: [{ codec: geminiVeo.video_generation, path: at('predictLongRunning') }],
    video_status: [{ codec: geminiVeo.video_status, path: '' }],
    video_content: [{ codec: geminiVeo.video_content, path: '' }],
  },
  modelParams: penaltyRules,
  exampleModels: [
    'gemini-3-pro-preview',
    'gemini-3-flash-preview',
    'gemini-2.5-pro',
    'gemini-2.5-flash',
    'gemini-2.5-flash-lite',
    'gemini-embedding-001',
  ],
}
