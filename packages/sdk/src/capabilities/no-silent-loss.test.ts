import { describe, expect, test } from 'vitest'
import { endpoints } from '../endpoints/registry.ts'
import { SluiceError } from '../errors.ts'
import type { Binding, Provider } from '../providers/provider.ts'
import { providers } from '../providers/registry.ts'
import type { Deployment } from '../types/deployment.ts'
import type { EndpointName } from '../types/endpoint-map.ts'
import type { JsonObject } from '../types/json.ts'
import { WireForm } from '../types/wire-body.ts'
import { sampleOf, type Target, translate } from './capabilities.ts'

/**
 * Honoured by us: a stream's usage is always asked for where it must be, and vectors are turned into base64 on the way
 * back to the client.
 */
const OURS = new Set(['stream_options', 'encoding_format'])

/** A transcript's format is written by us, of what the provider tells. */
const TRANSCRIPTS = new Set<string>(['transcription', 'translation'])

/** Images that come as addresses are fetched by us where bytes were asked for; WAV files are made by us of samples. */
function isOurs(param: string, { endpoint, codec }: Target<EndpointName>): boolean {
  if (codec.upstream.only?.[param]) return true
  if (param === 'response_format')
    return endpoint.replyMediaUrls !== undefined || TRANSCRIPTS.has(endpoint.name)
  return OURS.has(param)
}

/** A count ignores what does not count. */
const COUNTS = new Set<string>(['count_tokens'])

function targetsOf(provider: Provider): Target<EndpointName>[] {
  const asked = Object.entries(provider.endpoints).filter(([name]) => !COUNTS.has(name))
  return asked.flatMap(([name, bindings]) =>
    (bindings as readonly Binding[]).map(({ codec, serves }) => ({
      endpoint: endpoints[name as EndpointName] as Target<EndpointName>['endpoint'],
      provider,
      codec,
      deployment: deploymentOf(provider, serves),
    })),
  )
}

function deploymentOf(provider: Provider, serves: Binding['serves']): Deployment {
  const models = ['m', ...(provider.exampleModels ?? [])]
  const model = models.find(name => serves?.(name) ?? true) ?? 'm'
  return { id: 'd', group: 'g', provider: provider.name, model, apiBase: 'https://x.example' }
}

/** The wire with the parameter, without it, and what was said; `undefined` when it is refused. */
function lost(param: string, target: Target<EndpointName>): boolean {
  const sample = sampleOf(param, target.endpoint) as JsonObject
  const { [param]: _, ...without } = sample
  try {
    const { wire, warnings } = translate(sample, target)
    if (warnings.some(warning => warning.param.startsWith(param))) return false
    return JSON.stringify(wire) === JSON.stringify(translate(without, target).wire)
  } catch (error) {
    if (error instanceof SluiceError) return false
    throw error
  }
}

/** Looked up by id: there is no body to put anything into. */
const OWN_WORLDS = new Set<string>([
  'video_status',
  'video_content',
  'video_list',
  'video_delete',
  'video_remix',
])

/** True when a field that nobody knows changes nothing, and nothing is said of it. */
function isOwnFieldLost(target: Target<EndpointName>): boolean {
  const own = { a_field_of_the_vendor: 'its-value' }
  try {
    const { wire, warnings } = translate(own, target)
    const payload = wire.payload instanceof WireForm ? wire.payload.fields : wire.payload?.bytes.toString()
    const sent = JSON.stringify({ ...wire, payload }).includes('its-value')
    return !sent && !warnings.some(({ param }) => param === 'a_field_of_the_vendor')
  } catch (error) {
    if (error instanceof SluiceError) return false
    throw error
  }
}

describe.each(
  [...providers.values()].filter(({ answer }) => answer === undefined).map(p => [p.name, p] as const),
)('%s', (_, provider) => {
  test('no parameter is lost without a word', () => {
    const losses = targetsOf(provider).flatMap(target =>
      [...target.endpoint.openaiParams]
        .filter(param => sampleOf(param, target.endpoint) && !isOurs(param, target) && lost(param, target))
        .map(param => `${target.endpoint.name} (${target.codec.format}): ${param}`),
    )
    expect(losses).toEqual([])
  })

  test('what only the provider may know goes to it, or is told', () => {
    const losses = targetsOf(provider).flatMap(target =>
      OWN_WORLDS.has(target.endpoint.name) || !target.endpoint.sample || !isOwnFieldLost(target)
        ? []
        : [`${target.endpoint.name} (${target.codec.format})`],
    )
    expect(losses).toEqual([])
  })
})
