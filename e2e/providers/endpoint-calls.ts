import type { RunningGateway } from '@sluice/testkit'
import type OpenAI from 'openai'
import { toFile } from 'openai'
import { expect } from 'vitest'
import { pixel, post } from '../gateway.ts'
import type { PlayedEndpoint } from './endpoint-deployments.ts'

/** One call by OpenAI's client, or by `fetch` where it has no method, and a look at the shape of the answer. */
export type EndpointCall = (client: OpenAI, model: string, gateway: RunningGateway) => Promise<Response>

const picture = () => toFile(Buffer.from(pixel, 'base64'), 'pixel.png', { type: 'image/png' })
const bytes = expect.any(Number)
const filled = expect.stringMatching(/./)

/** A second of silence: 16 kHz, 16 bit, mono. */
function recording() {
  const data = Buffer.alloc(32_000)
  const head = '524946460000000057415645666d74201000000001000100803e0000007d00000200100064617461007d0000'
  const wav = Buffer.concat([Buffer.from(head, 'hex'), data])
  wav.writeUInt32LE(wav.length - 8, 4)
  return toFile(wav, 'silence.wav', { type: 'audio/wav' })
}

function expectImages(data: OpenAI.ImagesResponse): void {
  expect(data.created).toBeGreaterThan(0)
  expect(data.data).toHaveLength(1)
  const [image] = data.data ?? []
  expect(image?.b64_json ?? image?.url).toEqual(filled)
}

async function asked(gateway: RunningGateway, path: string, body: object) {
  const response = await post(gateway, path, body, gateway.masterKey)
  const json: unknown = await response.json()
  if (!response.ok) throw new Error(`${response.status} ${JSON.stringify(json)}`)
  return { response, json }
}

/** Reducto fetches documents itself; the others are given them. */
function documentFor(model: string): string {
  const inline = `data:application/pdf;base64,${Buffer.from('%PDF-1.4').toString('base64')}`
  return model.startsWith('reducto') ? 'https://example.com/a.pdf' : inline
}

export const CALLS: Readonly<Record<PlayedEndpoint, EndpointCall>> = {
  async embedding(client, model) {
    const { data, response } = await client.embeddings
      .create({ model, input: ['Hello there', 'you'], encoding_format: 'float' })
      .withResponse()
    expect(data).toMatchObject({ object: 'list', model: filled, usage: { prompt_tokens: bytes } })
    expect(data.usage.total_tokens).toBeGreaterThan(0)
    expect(data.data.map(({ object, index }) => [object, index])).toEqual([
      ['embedding', 0],
      ['embedding', 1],
    ])
    for (const { embedding } of data.data) expect(embedding.length).toBeGreaterThan(1)
    return response
  },

  async text_completion(client, model) {
    const { data, response } = await client.completions
      .create({ model, prompt: 'Hello there', max_tokens: 20 })
      .withResponse()
    expect(data).toMatchObject({
      id: filled,
      object: 'text_completion',
      created: bytes,
      model: filled,
      choices: [{ index: 0, text: filled, finish_reason: 'stop' }],
    })
    expect(data.usage?.total_tokens).toBeGreaterThan(0)
    return response
  },

  async moderation(client, model) {
    const { data, response } = await client.moderations
      .create({ model, input: ['I will kill you', 'Good morning'] })
      .withResponse()
    expect(data).toMatchObject({ id: filled, model: filled })
    expect(data.results.map(({ flagged }) => flagged)).toEqual([true, false])
    expect(data.results[0]?.category_scores).toBeTypeOf('object')
    return response
  },

  async rerank(_client, model, gateway) {
    const documents = ['blue boats', 'red cars', 'red boats']
    const { response, json } = await asked(gateway, '/v1/rerank', {
      model,
      query: 'red cars',
      documents,
      top_n: 2,
    })
    expect(json).toMatchObject({ id: filled, results: [{ index: 1, relevance_score: bytes }, {}] })
    return response
  },

  async image_generation(client, model) {
    const { data, response } = await client.images.generate({ model, prompt: 'an otter' }).withResponse()
    expectImages(data)
    return response
  },

  async image_edit(client, model) {
    const image = await picture()
    const { data, response } = await client.images.edit({ model, image, prompt: 'a hat' }).withResponse()
    expectImages(data)
    return response
  },

  async image_variation(client, model) {
    const image = await picture()
    const { data, response } = await client.images.createVariation({ model, image }).withResponse()
    expectImages(data)
    return response
  },

  async video_generation(client, model) {
    const { data, response } = await client.videos
      .create({ model: model as 'sora-2', prompt: 'waves', seconds: '8' })
      .withResponse()
    expect(data).toMatchObject({ id: filled, object: 'video' })
    let { status } = data
    for (let look = 0; look < 10 && status !== 'completed'; look++)
      ({ status } = await client.videos.retrieve(data.id))
    expect(status).toBe('completed')
    const film = await client.videos.downloadContent(data.id)
    expect(film.headers.get('content-type')).toBe('video/mp4')
    expect((await film.arrayBuffer()).byteLength).toBeGreaterThan(8)
    return response
  },

  async speech(client, model) {
    const response = await client.audio.speech.create({
      model,
      voice: 'alloy',
      input: 'Good morning, otters!',
    })
    expect(response.headers.get('content-type')).toMatch(/^audio\//)
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(100)
    return response
  },

  async transcription(client, model) {
    const { data, response } = await client.audio.transcriptions
      .create({ model, file: await recording() })
      .withResponse()
    expect(data.text).toEqual(filled)
    return response
  },

  async translation(client, model) {
    const { data, response } = await client.audio.translations
      .create({ model, file: await recording() })
      .withResponse()
    expect(data.text).toEqual(filled)
    return response
  },

  async ocr(_client, model, gateway) {
    const document = { type: 'document_url', document_url: documentFor(model) }
    const { response, json } = await asked(gateway, '/v1/ocr', { model, document })
    expect(json).toMatchObject({ object: 'ocr', model: filled })
    expect((json as { pages: unknown[] }).pages[0]).toMatchObject({ index: 0, markdown: filled })
    return response
  },

  async search(_client, model, gateway) {
    const { response, json } = await asked(gateway, '/v1/search', {
      search_tool_name: model,
      query: 'otters',
    })
    expect(json).toMatchObject({
      object: 'search',
      results: [{ title: filled, url: filled, snippet: filled }],
    })
    return response
  },
}
