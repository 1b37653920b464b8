import { expect, test } from 'vitest'
import { openRecord, stampRecord } from '../callbacks/records.ts'
import { createCatalogue } from '../models/catalogue.ts'
import type { EndpointName, RequestOf, ResponseOf } from '../types/endpoint-map.ts'
import { foldImages, ImageMeter, unfoldImages } from './image-answer.ts'
import { endpoints } from './registry.ts'

const MODELS = {
  'hd/1024-x-1792/dall-e-3': {
    litellm_provider: 'openai',
    mode: 'image_generation',
    input_cost_per_pixel: 6.54e-8,
    output_cost_per_pixel: 0,
  },
  'dall-e-3': { litellm_provider: 'openai', mode: 'image_generation', output_cost_per_image: 0.04 },
  'gpt-image-1': {
    litellm_provider: 'openai',
    mode: 'image_generation',
    input_cost_per_token: 5e-6,
    input_cost_per_image_token: 1e-5,
    output_cost_per_image_token: 4e-5,
    output_cost_per_image: 9,
  },
  'sora-2': { litellm_provider: 'openai', mode: 'video_generation', output_cost_per_video_per_second: 0.1 },
}

function costOf<E extends EndpointName>(endpoint: E, request: RequestOf<E>, response: ResponseOf<E>) {
  const catalogue = createCatalogue()
  catalogue.loadPriceFile(MODELS, 'test')
  const record = openRecord({ id: 'r', endpoint, format: 'f', startedAt: 0, requestedModel: request.model })
  record.deployment = { id: 'd', group: 'g', provider: 'openai', model: request.model }
  const facts = endpoints[endpoint]
  const meter = {
    usage: facts.usage(response),
    textLength: 0,
    units: facts.units?.(request, response),
    priceVariants: facts.priceVariants?.(request, response),
  }
  stampRecord(record, meter, catalogue, { promptTokens: 0 })
  return record.cost.state === 'known' ? record.cost.nanoUsd / 1e9 : record.cost
}

const two = { created: 1, data: [{ url: 'https://a' }, { url: 'https://b' }] }

test('an image without a price per size costs what an image costs, times how many came', () => {
  expect(costOf('image_generation', { model: 'dall-e-3', prompt: 'x', n: 3 }, two)).toBe(0.08)
})

test('a price for that size and quality wins over the plain one, and only the dearer side of pixels counts', () => {
  const request = { model: 'dall-e-3', prompt: 'x', size: '1024x1792', quality: 'hd' }
  expect(costOf('image_generation', request, two)).toBeCloseTo(2 * 1024 * 1792 * 6.54e-8, 9)
})

test('an answer that reports tokens is charged by them and not by the piece', () => {
  const usage = {
    input_tokens: 110,
    output_tokens: 1000,
    total_tokens: 1110,
    input_tokens_details: { text_tokens: 10, image_tokens: 100 },
  }
  const cost = costOf('image_generation', { model: 'gpt-image-1', prompt: 'x' }, { ...two, usage })
  expect(cost).toBeCloseTo(10 * 5e-6 + 100 * 1e-5 + 1000 * 4e-5, 9)
})

test('a video costs its seconds, as asked until the answer says how long it is', () => {
  const video = { id: 'v', object: 'video' as const, status: 'queued' as const }
  expect(costOf('video_generation', { model: 'sora-2', prompt: 'x', seconds: '8' }, video)).toBe(0.8)
  expect(
    costOf('video_generation', { model: 'sora-2', prompt: 'x', seconds: '8' }, { ...video, seconds: '12' }),
  ).toBe(1.2)
})

test('asking after a video is free', () => {
  const video = { id: 'v', object: 'video' as const, status: 'queued' as const }
  expect(costOf('video_status', { model: 'sora-2', video_id: 'v' }, video)).toBe(0)
})

test('whole images unfold into events that fold back into them', () => {
  const whole = {
    created: 7,
    data: [{ b64_json: 'QQ==' }, { b64_json: 'Qg==' }],
    size: '1024x1024',
    quality: 'high',
    usage: { input_tokens: 1, output_tokens: 2, total_tokens: 3 },
  }
  const events = unfoldImages('image_generation', whole)
  expect(events.map(event => event.type)).toEqual([
    'image_generation.completed',
    'image_generation.completed',
  ])
  expect(foldImages(events)).toEqual(whole)
})

test('a stream is metered by its finished images, or by the tokens it reports', () => {
  const meter = new ImageMeter({ model: 'm', size: '512x512' })
  meter.see({ type: 'image_generation.partial_image', created_at: 1, b64_json: 'QQ==' })
  expect(meter.units?.outputPerImage).toBe(0)
  meter.see({ type: 'image_generation.completed', created_at: 1, b64_json: 'QQ==' })
  expect(meter.units).toMatchObject({ outputPerImage: 1, outputPerPixel: 512 * 512 })
  meter.see({
    type: 'image_generation.completed',
    created_at: 1,
    usage: { input_tokens: 1, output_tokens: 2, total_tokens: 3 },
  })
  expect(meter.units).toBeUndefined()
  expect(meter.usage).toMatchObject({ prompt_tokens: 1, completion_tokens: 2 })
})
