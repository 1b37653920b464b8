import { expect, test } from 'vitest'
import { isForm, readForm } from './read-form.ts'

/** A form as a client's HTTP library writes it. */
async function written(fill: (form: FormData) => void): Promise<[bytes: Buffer, contentType: string]> {
  const form = new FormData()
  fill(form)
  const response = new Response(form)
  return [Buffer.from(await response.arrayBuffer()), response.headers.get('content-type') ?? '']
}

test('fields and files come out as they went in, in their order', async () => {
  const bytes = Buffer.from([0, 255, 13, 10, 45, 45])
  const [body, type] = await written(form => {
    form.append('model', 'whisper-1')
    form.append('prompt', 'Grüße\r\nan alle')
    form.append('file', new File([bytes], 'Ton "1".wav', { type: 'audio/wav' }))
    form.append('tags[]', 'a')
    form.append('tags[]', 'b')
    form.append('raw', new File([], 'empty'))
  })
  expect(isForm(type)).toBe(true)
  expect((await readForm(body, type)).fields).toEqual([
    ['model', 'whisper-1'],
    ['prompt', 'Grüße\r\nan alle'],
    ['file', { filename: 'Ton "1".wav', contentType: 'audio/wav', bytes }],
    ['tags[]', 'a'],
    ['tags[]', 'b'],
    ['raw', { filename: 'empty', contentType: 'application/octet-stream', bytes: Buffer.alloc(0) }],
  ])
})

test('a damaged form is a bad request that says what is wrong', async () => {
  const [body, type] = await written(form => form.append('model', 'm'))
  await expect(readForm(body.subarray(0, -10), type)).rejects.toMatchObject({
    status: 400,
    message: expect.stringMatching(/not a valid multipart/),
  })
  await expect(readForm(body, 'multipart/form-data')).rejects.toMatchObject({
    status: 400,
    param: 'content-type',
  })
})

const part = (name: string, more = '') =>
  `--x\r\nContent-Disposition: form-data; name="${name}"\r\n${more}\r\n1\r\n`

test.each<[string, string, RegExp]>([
  ['many parts', part('a').repeat(501), /more than 500 parts/],
  ['many headers', part('a', 'x: y\r\n'.repeat(100_000)), /headers of part 1 .* more than 2048 bytes/],
  [
    'a name without end',
    `${part('a')}--x\r\nContent-Disposition: form-data; name="${'a'.repeat(1e6)}`,
    /part 2/,
  ],
])('CVE-2024-8984: a form of %s is refused at a glance', async (_name, body, words) => {
  for (const type of [
    'multipart/form-data; boundary=x',
    'multipart/form-data; a="; boundary=b"; boundary="x"',
  ]) {
    const startedAt = performance.now()
    await expect(readForm(Buffer.from(`${body}--x--\r\n`), type)).rejects.toMatchObject({
      status: 400,
      message: expect.stringMatching(words),
    })
    expect(performance.now() - startedAt).toBeLessThan(1_000)
  }
})

test('a form may have many fields, a large file, and bytes behind its end', async () => {
  const file = `--x\r\nContent-Disposition: form-data; name="f"; filename="b"\r\n\r\n${'-'.repeat(1e6)}\r\n`
  const body = Buffer.from(`${part('a').repeat(499)}${file}--x--\r\n${' '.repeat(10_000)}`)
  expect((await readForm(body, 'multipart/form-data; boundary=x')).fields).toHaveLength(500)
})

test.each([
  ['multipart/form-data; boundary=x', true],
  ['Multipart/Form-Data;boundary=x', true],
  ['multipart/form-database', false],
  ['application/json', false],
  [undefined, false],
])('%s is a form: %s', (type, expected) => {
  expect(isForm(type)).toBe(expected)
})
