import { expect, test } from 'vitest'
import { askChat, deploymentAt, testHost } from '../testing/ask.ts'
import type { ChatMessage } from '../types/chat.ts'
import { inlineMedia, urlsToInline } from './inline-media.ts'

/** Surroundings in which every file is there, and as large as is said. */
function hostWith(characters: number) {
  const host = testHost()
  let fetched = 0
  const fetch = () => {
    fetched++
    return Promise.resolve('x'.repeat(characters))
  }
  return { host: { ...host, media: { ...host.media, fetch } }, fetched: () => fetched }
}

function askWith(images: number) {
  const content = Array.from({ length: images }, (_, index) => ({
    type: 'image_url' as const,
    image_url: { url: `https://x.example/${index}.png` },
  }))
  const messages: ChatMessage[] = [{ role: 'user', content }]
  return askChat(deploymentAt('http://127.0.0.1:9', { provider: 'ollama', apiKey: undefined }), { messages })
}

async function inlined(images: number, characters: number) {
  const { host, fetched } = hostWith(characters)
  const ask = askWith(images)
  const urls = urlsToInline(ask, host) ?? []
  expect(urls).toHaveLength(images)
  const done = await inlineMedia(ask, urls, host).catch((error: Error) => error)
  return { done, fetched: fetched() }
}

test('the files of a request take its URLs’ places', async () => {
  const { done } = await inlined(9, 5)
  expect(JSON.stringify(done)).toContain('"url":"xxxxx"')
  expect(JSON.stringify(done)).not.toContain('x.example')
})

test('CVE-2026-8769: one request does not fetch files without end', async () => {
  const many = await inlined(501, 5)
  expect([many.done, many.fetched]).toMatchObject([{ status: 413, param: 'messages' }, 0])
  const large = await inlined(40, 30 * 1024 * 1024)
  expect([large.done, large.fetched]).toMatchObject([{ status: 413 }, 8])
})
