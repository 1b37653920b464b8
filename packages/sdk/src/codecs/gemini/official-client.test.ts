import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GoogleGenAI } from '@google/genai'
import { afterAll, expect, test } from 'vitest'
import { createError } from '../../errors.ts'
import { formatSse } from '../../transport/framing/sse.ts'
import type { ChatRequest } from '../../types/chat.ts'
import type { JsonObject } from '../../types/json.ts'
import { gemini } from './codec.ts'
import { clientInfo, upstreamInfo } from './testing/call-info.ts'
import { readEvents, readJson } from './testing/fixture.ts'

const { upstream, inbound } = gemini
if (!inbound?.encodeStream || !upstream.decodeStream) throw new Error('both halves stream')
const { encodeStream } = inbound
const { decodeStream } = upstream

let answer = { status: 200, type: 'application/json', body: '' }
let asked: JsonObject = {}
const server = createServer((request, response) => {
  const pieces: Buffer[] = []
  request.on('data', (piece: Buffer) => pieces.push(piece))
  request.on('end', () => {
    asked = JSON.parse(Buffer.concat(pieces).toString())
    response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body)
  })
})
await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
afterAll(() => server.close())
const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const client = new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl } })
const hub: ChatRequest = { model: 'm', messages: [], reasoning_effort: 'low' }

test('what the official client asks is understood', async () => {
  answer = { status: 200, type: 'application/json', body: JSON.stringify(readJson('reply-text.json')) }
  await client.models.generateContent({
    model: 'gemini-2.5-flash',
    contents: 'Hi',
    config: {
      systemInstruction: 'Be brief.',
      temperature: 0.1,
      maxOutputTokens: 5,
      responseMimeType: 'application/json',
      responseJsonSchema: { type: 'object', properties: { a: { type: 'string' } } },
      tools: [{ functionDeclarations: [{ name: 'f', parametersJsonSchema: { type: 'object' } }] }],
      thinkingConfig: { thinkingBudget: 0 },
    },
  })
  expect(inbound.decodeRequest(asked, clientInfo())).toEqual({
    model: 'gemini-2.5-flash',
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ],
    temperature: 0.1,
    max_tokens: 5,
    response_format: {
      type: 'json_schema',
      json_schema: { name: 'response', schema: { type: 'object', properties: { a: { type: 'string' } } } },
    },
    tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
    thinking: { type: 'disabled' },
  })
})

test('the official client reads a reply that came through the hub', async () => {
  const reply = inbound.encodeResponse(
    upstream.decodeResponse(readJson('reply-tools.json'), upstreamInfo()),
    hub,
    clientInfo(),
  )
  answer = { status: 200, type: 'application/json', body: JSON.stringify(reply) }
  const { functionCalls, usageMetadata } = await client.models.generateContent({ model: 'm', contents: 'Hi' })
  expect(functionCalls?.map(call => call.args)).toEqual([{ city: 'Paris' }, { city: 'London' }])
  expect(usageMetadata?.thoughtsTokenCount).toBe(12)
})

test('the official client reads a stream that came through the hub', async () => {
  const decoder = decodeStream(upstreamInfo())
  const encoder = encodeStream(hub, clientInfo())
  const chunks = readEvents('stream-text.sse').flatMap(event => [...decoder.push(event)])
  const wire = [...chunks, ...decoder.end()].flatMap(chunk => [...encoder.push(chunk)])
  answer = {
    status: 200,
    type: 'text/event-stream',
    body: [...wire, ...encoder.end()].map(formatSse).join(''),
  }
  let text = ''
  let last: unknown
  for await (const piece of await client.models.generateContentStream({ model: 'm', contents: 'Hi' })) {
    text += piece.text ?? ''
    last = piece.candidates?.[0]?.finishReason
  }
  expect(text).toBe('Grüße, say "error" and end.')
  expect(last).toBe('STOP')
})

test('the official client takes our error for what it is', async () => {
  const error = createError({ kind: 'not_found', message: 'No such model.' })
  answer = { status: 404, type: 'application/json', body: JSON.stringify(inbound.encodeError(error, 'r')) }
  await expect(client.models.generateContent({ model: 'm', contents: 'Hi' })).rejects.toMatchObject({
    status: 404,
    message: expect.stringContaining('No such model.'),
  })
})
