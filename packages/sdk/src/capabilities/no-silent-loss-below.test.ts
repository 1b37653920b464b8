import { describe, expect, test } from 'vitest'
import { endpoints } from '../endpoints/registry.ts'
import { SluiceError } from '../errors.ts'
import type { Binding, Provider } from '../providers/provider.ts'
import { providers } from '../providers/registry.ts'
import type { JsonObject } from '../types/json.ts'
import { type Target, translate } from './capabilities.ts'
import { NESTED_SAMPLES, type NestedSample } from './testing/nested-samples.ts'

interface Column {
  readonly name: string
  readonly target: Target<'chat'>
}

function columnsOf(provider: Provider): Column[] {
  return (provider.endpoints.chat ?? []).map((binding: Binding<'chat'>) => {
    const models = ['m', ...(provider.exampleModels ?? [])]
    const model = models.find(name => binding.serves?.(name) ?? true) ?? 'm'
    const deployment = { id: 'd', group: 'g', provider: provider.name, model, apiBase: 'https://x.example' }
    const { codec } = binding
    return {
      name: `${provider.name} (${codec.format})`,
      target: { endpoint: endpoints.chat, provider, codec, deployment },
    }
  })
}

/** Neither on the wire, nor in a receipt, nor refused. */
function isLost({ asked, plain, at }: NestedSample, target: Target<'chat'>): boolean {
  const sent = sending(asked, target)
  if (sent === undefined || sent.told.some(param => at.some(start => param.startsWith(start)))) return false
  return sent.wire === sending(plain, target)?.wire
}

/** `undefined` when it is refused. */
function sending(fragment: JsonObject, target: Target<'chat'>) {
  try {
    const { wire, warnings } = translate(fragment, target)
    return { wire: JSON.stringify(wire), told: warnings.map(({ param }) => param) }
  } catch (error) {
    if (error instanceof SluiceError) return undefined
    throw error
  }
}

describe.each(
  [...providers.values()]
    .filter(({ answer }) => answer === undefined)
    .flatMap(columnsOf)
    .map(column => [column.name, column.target] as const),
)('%s', (_, target) => {
  test('nothing within messages, tools and formats is lost without a word', () => {
    const lost = Object.entries(NESTED_SAMPLES).filter(([, sample]) => isLost(sample, target))
    expect(lost.map(([name]) => name)).toEqual([])
  })
})
