import { afterAll, describe, expect, test } from 'vitest'
import { chatModels, providers, startRig } from '../gateway.ts'
import { itinerary } from './itinerary.ts'
import { anthropicClient, googleClient } from './sdk-clients.ts'

const rig = await startRig()
afterAll(() => rig.close())
const anthropic = anthropicClient(rig)
const google = googleClient(rig)
const text = 'Count these five words please'

describe.each(providers)('tokens counted for a model of %s', provider => {
  const model = chatModels[provider]
  // OpenAI has no such endpoint: the gateway counts by itself.
  const exact = provider !== 'openai'

  test('by the Anthropic client', async () => {
    const messages = [{ role: 'user' as const, content: text }]
    const { input_tokens: plain } = await anthropic.messages.countTokens({ model, messages })
    if (exact) expect(plain).toBe(5)
    else expect(plain).toBeGreaterThanOrEqual(5)
    const tools = [{ name: 'weather', description: 'Tells the weather', input_schema: itinerary }]
    const more = await anthropic.messages.countTokens({ model, messages, system: 'Be brief.', tools })
    expect(more.input_tokens).toBeGreaterThan(plain)
  })

  test("by Google's client", async () => {
    const { totalTokens = 0 } = await google.models.countTokens({ model, contents: text })
    if (exact) expect(totalTokens).toBe(5)
    else expect(totalTokens).toBeGreaterThanOrEqual(5)
  })

  test('cost nothing', async () => {
    const messages = [{ role: 'user' as const, content: text }]
    const { response } = await anthropic.messages.countTokens({ model, messages }).withResponse()
    expect(Number(response.headers.get('x-litellm-response-cost') ?? 0)).toBe(0)
  })
})
