import OpenAI, { AzureOpenAI, toFile } from 'openai'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { pngOf } from '../answer/media.ts'
import { startUpstream } from '../upstream.ts'

const upstream = await startUpstream()
beforeEach(() => upstream.reset())
afterAll(() => upstream.close())

const client = new OpenAI({ apiKey: 'key', baseURL: upstream.baseUrl('openai'), maxRetries: 0 })
const azure = new AzureOpenAI({
  apiKey: 'key',
  endpoint: upstream.url,
  apiVersion: '2025-04-01-preview',
  maxRetries: 0,
})
const png = () => toFile(pngOf('a'), 'a.png', { type: 'image/png' })
const mp3 = () => toFile(Buffer.alloc(1_500), 'talk.mp3', { type: 'audio/mpeg' })

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const events: T[] = []
  for await (const event of stream) events.push(event)
  return events
}

describe('text completions', () => {
  const body = { model: 'gpt-3.5-turbo-instruct', prompt: 'Hello there', max_tokens: 50 }

  test('are answered whole, with echo, logprobs and usage', async () => {
    const reply = await client.completions.create({ ...body, echo: true, logprobs: 1, n: 2 })
    expect(reply.choices.map(choice => choice.text)).toEqual(
      Array(2).fill('Hello thereYou said: Hello there'),
    )
    expect(reply.choices[0]?.logprobs?.text_offset?.[1]).toBe('Hello '.length)
    expect(reply.usage).toEqual({ prompt_tokens: 2, completion_tokens: 8, total_tokens: 10 })
  })

  test('stream the same text and its usage', async () => {
    const chunks = await all(
      await client.completions.create({ ...body, stream: true, stream_options: { include_usage: true } }),
    )
    expect(chunks.map(chunk => chunk.choices[0]?.text ?? '').join('')).toBe('You said: Hello there')
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop')
    expect(chunks.at(-1)?.usage?.total_tokens).toBe(6)
  })

  test('refuse what belongs to chat', async () => {
    await expect(client.completions.create({ ...body, ...{ messages: [] } })).rejects.toMatchObject({
      status: 400,
      code: 'unknown_parameter',
      param: 'messages',
    })
  })
})

test('moderation judges texts one by one, and parts as one message', async () => {
  const texts = await client.moderations.create({ input: ['I will kill you', 'Good morning'] })
  expect(texts.results.map(result => [result.flagged, result.categories.violence])).toEqual([
    [true, true],
    [false, false],
  ])
  const parts = await client.moderations.create({
    input: [
      { type: 'text', text: 'Look' },
      { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
    ],
  })
  expect(parts.results).toHaveLength(1)
  expect(parts.results[0]?.category_applied_input_types.violence).toEqual(['text', 'image'])
})

describe('images', () => {
  test('of GPT models are inline and counted in tokens', async () => {
    const reply = await client.images.generate({
      model: 'gpt-image-1',
      prompt: 'a red cat',
      n: 2,
      quality: 'high',
    })
    expect(reply.data?.map(image => image.b64_json?.slice(0, 8))).toEqual(Array(2).fill('iVBORw0K'))
    expect(reply.usage).toMatchObject({
      input_tokens: 3,
      output_tokens: 8_320,
      input_tokens_details: { text_tokens: 3, image_tokens: 0 },
    })
  })

  test('of DALL-E are links that can be followed, or inline', async () => {
    const reply = await client.images.generate({ model: 'dall-e-3', prompt: 'a cat' })
    const image = await fetch(reply.data?.[0]?.url ?? '')
    expect(image.headers.get('content-type')).toBe('image/png')
    expect(Buffer.from(await image.arrayBuffer())).toEqual(pngOf('a cat 0'))
    expect(reply.data?.[0]?.revised_prompt).toContain('a cat')
    const inline = await client.images.generate({
      model: 'dall-e-2',
      prompt: 'x',
      response_format: 'b64_json',
    })
    expect(inline.data?.[0]?.b64_json).toBe(pngOf('x 0').toString('base64'))
  })

  test('take only the parameters of their model', async () => {
    const refused = (fields: object) =>
      client.images.generate({ prompt: 'x', model: 'gpt-image-1', ...fields })
    await expect(refused({ response_format: 'url' })).rejects.toMatchObject({ param: 'response_format' })
    await expect(refused({ model: 'dall-e-3', n: 2 })).rejects.toMatchObject({ param: 'n' })
    await expect(refused({ model: 'dall-e-3', output_format: 'png' })).rejects.toMatchObject({ status: 400 })
  })

  test('stream their drafts, and fail in the stream when told to', async () => {
    const ask = { model: 'gpt-image-1', prompt: 'x', partial_images: 2, stream: true } as const
    const events = await all(await client.images.generate(ask))
    expect(events.map(event => event.type)).toEqual([
      'image_generation.partial_image',
      'image_generation.partial_image',
      'image_generation.completed',
    ])
    upstream.script({ failAfterEvents: 1 })
    await expect(client.images.generate(ask).then(all)).rejects.toThrow('overloaded')
  })

  test('are edited from a form with several pictures and a mask, which is recorded', async () => {
    const reply = await client.images.edit({
      model: 'gpt-image-1',
      image: [await png(), await png()],
      mask: await png(),
      prompt: 'add a hat',
      n: 1,
    })
    expect(reply.usage?.input_tokens_details.image_tokens).toBe(3 * 194)
    const form = upstream.requests[0]?.form
    expect(form?.texts('prompt')).toEqual(['add a hat'])
    expect(form?.files('image[]').map(file => [file.filename, file.contentType, file.bytes.length])).toEqual(
      Array(2).fill(['a.png', 'image/png', pngOf('a').length]),
    )
    await expect(
      client.images.edit({
        model: 'gpt-image-1',
        image: await toFile(Buffer.from('x'), 'a.gif'),
        prompt: 'x',
      }),
    ).rejects.toMatchObject({ status: 400, param: 'image' })
  })

  test('are varied', async () => {
    const reply = await client.images.createVariation({ image: await png(), n: 2 })
    expect(reply.data?.every(image => image.url?.startsWith(upstream.url))).toBe(true)
    expect(reply.data).toHaveLength(2)
  })
})

describe('speech', () => {
  const body = { model: 'gpt-4o-mini-tts', voice: 'alloy', input: 'one two three' } as const

  test('is bytes with their content type, in pieces', async () => {
    const reply = await client.audio.speech.create({ ...body, response_format: 'wav' })
    const bytes = Buffer.from(await reply.arrayBuffer())
    expect(reply.headers.get('content-type')).toBe('audio/wav')
    expect(reply.headers.get('transfer-encoding')).toBe('chunked')
    expect(bytes.subarray(0, 4).toString()).toBe('RIFF')
    expect(bytes.readUInt32LE(40)).toBe(bytes.length - 44)
  })

  test('can be cut, and breaks where it is told to fail', async () => {
    for (const fault of [{ cutAfterBytes: 500 }, { failAfterEvents: 1 }]) {
      upstream.script(fault)
      const reply = await client.audio.speech.create(body)
      await expect(reply.arrayBuffer()).rejects.toThrow()
    }
  })

  test('streams events with usage, but not from the older models', async () => {
    const reply = await client.audio.speech.create({ ...body, stream_format: 'sse' })
    const events = (await reply.text())
      .split('\n\n')
      .filter(Boolean)
      .map(frame => JSON.parse(frame.slice('data: '.length)) as { type: string; usage?: object })
    expect(events.at(-1)).toMatchObject({ type: 'speech.audio.done', usage: { input_tokens: 3 } })
    await expect(
      client.audio.speech.create({ ...body, model: 'tts-1', stream_format: 'sse' }),
    ).rejects.toMatchObject({
      param: 'stream_format',
    })
    await expect(client.audio.speech.create({ ...body, voice: 'nobody' })).rejects.toMatchObject({
      param: 'voice',
    })
  })
})

describe('transcriptions', () => {
  const heard = 'I hear 1500 bytes of talk.mp3.'

  test('are JSON, with the usage their model counts by', async () => {
    const whisper = await client.audio.transcriptions.create({ file: await mp3(), model: 'whisper-1' })
    expect(whisper).toEqual({ text: heard, usage: { type: 'duration', seconds: 2 } })
    const model = 'gpt-4o-transcribe'
    const tokens = await client.audio.transcriptions.create({
      file: await mp3(),
      model,
      include: ['logprobs'],
    })
    expect(tokens.usage).toMatchObject({ type: 'tokens', input_tokens: 20, output_tokens: 6 })
    expect(tokens.logprobs?.[0]?.token).toBe('I ')
  })

  test('are told in detail, or as text and subtitles', async () => {
    const verbose = await client.audio.transcriptions.create({
      file: await mp3(),
      model: 'whisper-1',
      response_format: 'verbose_json',
      timestamp_granularities: ['word'],
    })
    expect([verbose.duration, verbose.words?.length, verbose.segments]).toEqual([2, 6, undefined])
    const plain = async (response_format: 'text' | 'srt' | 'vtt') =>
      client.audio.transcriptions.create({ file: await mp3(), model: 'whisper-1', response_format })
    expect(await plain('text')).toBe(`${heard}\n`)
    expect(await plain('srt')).toBe(`1\n00:00:00,000 --> 00:00:02,000\n${heard}\n\n`)
    expect(await plain('vtt')).toContain('WEBVTT')
  })

  test('stream, except from Whisper', async () => {
    const ask = { model: 'gpt-4o-transcribe', stream: true } as const
    const events = await all(await client.audio.transcriptions.create({ ...ask, file: await mp3() }))
    expect(events.at(-1)).toMatchObject({ type: 'transcript.text.done', text: heard })
    expect(events.map(event => ('delta' in event ? event.delta : '')).join('')).toBe(heard)
  })

  test('refuse formats their model has not, and bodies that are no form', async () => {
    const ask = { file: await mp3(), model: 'gpt-4o-transcribe', response_format: 'srt' } as const
    await expect(client.audio.transcriptions.create(ask)).rejects.toMatchObject({ param: 'response_format' })
    await expect(client.post('/audio/transcriptions', { body: { model: 'whisper-1' } })).rejects.toThrow(
      'expected multipart/form-data',
    )
    const broken = { 'content-type': 'multipart/form-data; boundary=x' }
    await expect(
      client.post('/audio/transcriptions', { body: Buffer.from('--y'), headers: broken }),
    ).rejects.toThrow('Could not parse multipart form')
  })

  test('translations are made the same way', async () => {
    upstream.script({ reply: { text: 'Good day' } })
    expect((await client.audio.translations.create({ file: await mp3(), model: 'whisper-1' })).text).toBe(
      'Good day',
    )
  })
})

describe('videos', () => {
  test('are queued, polled, fetched and deleted', async () => {
    const video = await client.videos.create({ model: 'sora-2', prompt: 'a wave', seconds: '8' })
    expect(video).toMatchObject({ status: 'queued', seconds: '8', size: '720x1280' })
    await expect(client.videos.downloadContent(video.id)).rejects.toThrow('not ready')
    expect((await client.videos.retrieve(video.id)).status).toBe('in_progress')
    expect((await client.videos.retrieve(video.id)).status).toBe('completed')
    const content = await client.videos.downloadContent(video.id)
    expect(content.headers.get('content-type')).toBe('video/mp4')
    expect(Buffer.from(await content.arrayBuffer()).toString()).toContain('a wave')
    const remix = await client.videos.remix(video.id, { prompt: 'at night' })
    expect(remix.remixed_from_video_id).toBe(video.id)
    expect((await all(client.videos.list())).map(one => one.id)).toEqual([remix.id, video.id])
    expect((await client.videos.delete(video.id)).deleted).toBe(true)
    await expect(client.videos.retrieve(video.id)).rejects.toMatchObject({ status: 404 })
  })

  test('fail as their script or model says', async () => {
    upstream.script({ job: { runningPolls: 0, error: 'too wild' } })
    const failing = await client.videos.create({ prompt: 'x' })
    expect(await client.videos.retrieve(failing.id)).toMatchObject({
      status: 'failed',
      error: { message: 'too wild' },
    })
    const slow = await client.videos.create({ prompt: 'x', model: 'testkit-polls-2' })
    const states = []
    for (let poll = 0; poll < 3; poll++) states.push((await client.videos.retrieve(slow.id)).status)
    expect(states).toEqual(['in_progress', 'in_progress', 'completed'])
  })
})

test('an Azure deployment serves them too, with the model named by the path', async () => {
  const image = await azure.images.generate({ model: 'gpt-image-1', prompt: 'x' })
  expect(image.data?.[0]?.b64_json).toBeTruthy()
  expect(upstream.requests[0]?.path).toBe('/openai/deployments/gpt-image-1/images/generations')
  const words = await azure.audio.transcriptions.create({ model: 'whisper-1', file: await mp3() })
  expect(words.text).toContain('talk.mp3')
})

test('rerankers answer in the shape of their path', async () => {
  const post = async (path: string, body: object) => {
    const headers = { authorization: 'Bearer key', 'content-type': 'application/json' }
    const response = await fetch(`${upstream.baseUrl('rerank')}${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  const ask = { model: 'r', query: 'red cat', documents: ['a dog', 'the red cat', 'a cat'], top_n: 2 }
  const order = ({ results }: Record<string, unknown>) =>
    (results as { index: number }[]).map(one => one.index)
  const jina = await post('/v1/rerank', { ...ask, return_documents: true })
  expect(order(jina.body)).toEqual([1, 2])
  expect(jina.body).toMatchObject({ model: 'r', usage: { total_tokens: 9 } })
  expect(jina.body.results).toMatchObject([{ document: { text: 'the red cat' } }, {}])
  expect(order((await post('/rerank/v2/rerank', ask)).body)).toEqual([1, 2])
  expect(await post('/rerank/v2/rerank', { ...ask, return_documents: true })).toMatchObject({ status: 400 })
})
