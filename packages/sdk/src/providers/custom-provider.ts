import { openaiEmbeddings } from '../codecs/openai-embeddings/codec.ts'
import { openaiImages } from '../codecs/openai-images/codec.ts'
import { openaiImageEdits } from '../codecs/openai-images/edit.ts'
import { openaiImageVariations } from '../codecs/openai-images/variation.ts'
import { openaiModerations } from '../codecs/openai-moderations/codec.ts'
import { rerank } from '../codecs/rerank/codec.ts'
import type { Credentials } from '../credentials/credentials.ts'
import type { EndpointName } from '../types/endpoint-map.ts'
import { type CompatibleRow, compatible } from './compatible.ts'
import type { ParamRules, Provider } from './provider.ts'
import { SPEECH, WHISPER } from './vendors/openai/openai-audio.ts'

/** An OpenAI-compatible provider that an operator adds: the same facts as in our own rows, in data alone. */
export interface CustomProviderRow
  extends Pick<
    CompatibleRow,
    'keyRequired' | 'headers' | 'forwards' | 'baseUrlEnv' | 'params' | 'priceName'
  > {
  readonly title?: string
  readonly docs?: string
  readonly baseUrl: string
  readonly env?: readonly string[]
  /** The header that carries the key, where it is not `authorization: Bearer …`. */
  readonly keyHeader?: string
  /** Before the key: `Token`, `Api-Key`; `Bearer` unless stated, nothing where `keyHeader` is. */
  readonly keyScheme?: string
  readonly path?: string
  /** What it serves besides chat, each at OpenAI's path. */
  readonly endpoints?: readonly CustomEndpoint[]
  readonly chat?: Pick<
    NonNullable<CompatibleRow['chat']>,
    'developerRole' | 'streamUsage' | 'thinking' | 'names' | 'nulls' | 'textContent' | 'keeps'
  >
  readonly modelParams?: readonly { readonly models: readonly string[]; readonly params: ParamRules }[]
  readonly exampleModels?: readonly string[]
}

const OFFERED = {
  embedding: { embedding: [{ codec: openaiEmbeddings, path: '/embeddings' }] },
  moderation: { moderation: [{ codec: openaiModerations, path: '/moderations' }] },
  rerank: { rerank: [{ codec: rerank, path: '/rerank' }] },
  speech: SPEECH,
  transcription: WHISPER,
  image_generation: { image_generation: [{ codec: openaiImages, path: '/images/generations' }] },
  image_edit: { image_edit: [{ codec: openaiImageEdits, path: '/images/edits' }] },
  image_variation: { image_variation: [{ codec: openaiImageVariations, path: '/images/variations' }] },
} as const satisfies { readonly [E in EndpointName]?: Provider['endpoints'] }

/** The endpoints a provider may have besides chat; `text_completion` goes through chat where it is not named. */
export type CustomEndpoint = keyof typeof OFFERED | 'text_completion'

export const CUSTOM_ENDPOINTS: readonly CustomEndpoint[] = [
  ...(Object.keys(OFFERED) as (keyof typeof OFFERED)[]),
  'text_completion',
]

/** Makes a provider of an operator's row. */
export function customProvider(name: string, row: CustomProviderRow): Provider {
  const {
    keyHeader,
    keyScheme,
    endpoints = [],
    modelParams,
    title = name,
    docs = '',
    env = [],
    ...facts
  } = row
  const served = endpoints.filter(endpoint => endpoint !== 'text_completion')
  return compatible(name, {
    ...facts,
    ...{ title, docs, env },
    ...((keyHeader || keyScheme) && { credentials: keyIn(row, env) }),
    ...(endpoints.includes('text_completion') && { completions: true }),
    endpoints: Object.assign({}, ...served.map(endpoint => OFFERED[endpoint])) as Provider['endpoints'],
    ...(modelParams && { modelParams: model => rulesOf(modelParams, model) }),
  })
}

function keyIn(
  { keyHeader, keyScheme, keyRequired }: CustomProviderRow,
  env: readonly string[],
): Credentials {
  const header = keyHeader?.toLowerCase() ?? 'authorization'
  const scheme = keyScheme ? `${keyScheme} ` : ''
  return {
    env,
    required: keyRequired ?? true,
    sign(request, secret) {
      if (secret) request.headers[header] = scheme + secret
    },
  }
}

/** The rules of every row whose pattern the model matches; a later row wins. */
function rulesOf(rows: NonNullable<CustomProviderRow['modelParams']>, model: string): ParamRules | undefined {
  const found = rows.filter(({ models }) => models.some(pattern => matches(pattern, model)))
  return found.length === 0
    ? undefined
    : (Object.assign({}, ...found.map(({ params }) => params)) as ParamRules)
}

/** `glm-*`, `*-instruct`: one star at an end stands for anything. */
function matches(pattern: string, model: string): boolean {
  if (pattern.endsWith('*')) return model.startsWith(pattern.slice(0, -1))
  return pattern.startsWith('*') ? model.endsWith(pattern.slice(1)) : model === pattern
}
