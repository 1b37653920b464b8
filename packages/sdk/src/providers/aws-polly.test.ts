import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { testAwsKeys, verifyAwsSignature } from '@sluice/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sdkHost } from '../api/host.ts'
import { call } from '../call.ts'
import type { SpeechRequest } from '../types/speech.ts'
import type { Warning } from '../types/warning.ts'

const audio = Buffer.from([0xff, 0xfb, 0x90])
const asked: { body: unknown; verified: Promise<void> }[] = []
const server = createServer((request, response) => {
  const pieces: Buffer[] = []
  request.on('data', (piece: Buffer) => pieces.push(piece))
  request.on('end', () => {
    const raw = Buffer.concat(pieces)
    const { method = '', url = '', headers } = request
    const signed = { method, path: url, query: new URLSearchParams(), headers, raw }
    const verified = verifyAwsSignature(signed, { ...testAwsKeys, service: 'polly' })
    asked.push({ body: JSON.parse(raw.toString()) as unknown, verified })
    response.writeHead(200, { 'content-type': 'audio/mpeg' }).end(audio)
  })
})
beforeAll(() => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => new Promise(resolve => server.close(resolve)))

function speak(request: Partial<SpeechRequest>, model = 'neural') {
  const warnings: Warning[] = []
  const { port } = server.address() as AddressInfo
  const params = {
    aws_access_key_id: testAwsKeys.accessKeyId,
    aws_secret_access_key: testAwsKeys.secretAccessKey,
  }
  const reply = call(
    {
      endpoint: 'speech',
      clientFormat: 'openai-speech',
      request: { model: 'm', input: 'Hello', ...request },
      deployment: {
        id: 'd',
        group: 'g',
        provider: 'aws_polly',
        model,
        apiBase: `http://127.0.0.1:${port}`,
        params,
      },
      id: 'call-1',
      now: Date.now(),
      strictness: { dropParams: false, additionalDropParams: [], allowedOpenaiParams: [] },
      timeoutMs: 5_000,
      warn: warning => void warnings.push(warning),
    },
    sdkHost(),
  )
  return { reply, warnings }
}

test('a text is spoken, the request signed', async () => {
  const { reply, warnings } = speak({ voice: 'nova', response_format: 'opus' })
  expect(await reply).toMatchObject({
    kind: 'whole',
    response: { audio: { bytes: audio, contentType: 'audio/mpeg' } },
  })
  expect(asked.at(-1)?.body).toEqual({
    Engine: 'neural',
    Text: 'Hello',
    TextType: 'text',
    VoiceId: 'Ivy',
    OutputFormat: 'ogg_opus',
  })
  await asked.at(-1)?.verified
  expect(warnings.map(({ param }) => param)).toEqual(['voice'])
})

test('markup is told as such, Polly’s own voices are taken as they are', async () => {
  await speak({ input: '<speak>Hi</speak>', voice: 'Vicki', language_code: 'de-DE' }).reply
  expect(asked.at(-1)?.body).toMatchObject({ TextType: 'ssml', VoiceId: 'Vicki', LanguageCode: 'de-DE' })
})

test('what Polly does not make is refused', async () => {
  await expect(speak({ response_format: 'flac' }).reply).rejects.toThrow(/flac/)
  await expect(speak({ speed: 2 }).reply).rejects.toThrow(/speed/)
  await expect(speak({}, 'tts-1').reply).rejects.toThrow(/aws_polly/)
})
