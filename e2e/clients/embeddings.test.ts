import { afterAll, describe, expect, test } from 'vitest'
import { startRig } from '../gateway.ts'
import { googleClient, openaiClient } from './sdk-clients.ts'

const rig = await startRig()
afterAll(() => rig.close())
const client = openaiClient(rig)

describe.each(['text-embedding-3-small', 'gemini-embedding-001'])('embeddings by %s', model => {
  test('come one for each text, in their order', async () => {
    const both = await client.embeddings.create({ model, input: ['first', 'second'], dimensions: 256 })
    expect(both.object).toBe('list')
    expect(both.data.map(item => [item.index, item.embedding.length])).toEqual([
      [0, 256],
      [1, 256],
    ])
    const second = await client.embeddings.create({ model, input: 'second', dimensions: 256 })
    expect(both.data[1]?.embedding).toEqual(second.data[0]?.embedding)
    expect(both.data[0]?.embedding).not.toEqual(both.data[1]?.embedding)
  })

  test('are the same numbers as floats and as base64', async () => {
    // Unless told otherwise this client asks for base64 and decodes it itself.
    const decoded = await client.embeddings.create({ model, input: 'text', dimensions: 256 })
    const floats = await client.embeddings.create({
      model,
      input: 'text',
      dimensions: 256,
      encoding_format: 'float',
    })
    const [a = [], b = []] = [decoded.data[0]?.embedding, floats.data[0]?.embedding]
    expect(a.map(Math.fround)).toEqual(b.map(Math.fround))
  })

  test("come to Google's client too", async () => {
    const contents = ['first', 'second']
    const config = { outputDimensionality: 256 }
    const { embeddings = [] } = await googleClient(rig).models.embedContent({ model, contents, config })
    expect(embeddings.map(item => item.values?.length)).toEqual([256, 256])
  })

  test('count their tokens and cost money', async () => {
    const { data, response } = await client.embeddings
      .create({ model, input: 'three short words' })
      .withResponse()
    expect(data.usage.prompt_tokens).toBeGreaterThan(0)
    expect(data.usage.total_tokens).toBe(data.usage.prompt_tokens)
    expect(Number(response.headers.get('x-litellm-response-cost'))).toBeGreaterThan(0)
  })
})

test('a chat model that cannot embed says so', async () => {
  await expect(client.embeddings.create({ model: 'claude-sonnet-4-6', input: 'text' })).rejects.toMatchObject(
    {
      status: 400,
    },
  )
})
