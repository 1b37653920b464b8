import { expect, test } from 'vitest'
import { testHost } from '../testing/ask.ts'
import type { ImageResponse } from '../types/image-generation.ts'
import type { Warning } from '../types/warning.ts'
import { prepare } from './prepare.ts'
import { withReplyMedia } from './reply-media.ts'

/** An answer of so many pictures, each as large as is said, to a client that wants bytes. */
async function answered(pictures: number, characters: number) {
  const warnings: Warning[] = []
  const base = testHost()
  let asked = 0
  const fetch = () => {
    asked++
    return Promise.resolve(`data:image/png;base64,${'x'.repeat(characters)}`)
  }
  const host = { ...base, media: { ...base.media, fetch } }
  const prepared = prepare<'image_generation'>(
    {
      endpoint: 'image_generation',
      request: { model: 'm', prompt: 'a cat', response_format: 'b64_json' },
      deployment: { id: 'd', group: 'g', provider: 'fal_ai', model: 'fal-ai/flux/dev', apiKey: 'k' },
      ...{ id: 'i', now: 0, timeoutMs: 1_000, clientFormat: 'openai-images' },
      strictness: { dropParams: false, additionalDropParams: [], allowedOpenaiParams: [] },
      warn: warning => void warnings.push(warning),
    },
    host,
  )
  if (!('outgoing' in prepared)) throw new Error('There is nothing to send.')
  const data = Array.from({ length: pictures }, (_, index) => ({ url: `https://x.example/${index}.png` }))
  const { data: images } = (await withReplyMedia(prepared, { created: 0, data }, host)) as ImageResponse
  return { images, warnings, asked }
}

test('pictures that lie elsewhere come as the bytes that were asked for', async () => {
  const { images, asked } = await answered(2, 5)
  expect([images.map(({ b64_json }) => b64_json), asked]).toEqual([['xxxxx', 'xxxxx'], 2])
})

test('CVE-2026-8769: an answer is not fetched without end; what is left out stays an address, and is told', async () => {
  const { images, warnings, asked } = await answered(100, 60 * 1024 * 1024)
  expect(asked).toBe(4)
  expect(images.filter(({ url }) => url !== undefined)).toHaveLength(96)
  expect(warnings).toMatchObject([{ param: 'response_format', reason: expect.stringContaining('150 MB') }])
})
