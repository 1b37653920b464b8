import { describe, expect, test } from 'vitest'
import type { ContentPart } from '../../../types/chat.ts'
import { testInfo } from '../testing/call-info.ts'
import { type Block, encodeContext } from './context.ts'
import { decodePart, encodePart } from './media.ts'

const encode = (part: unknown, info = testInfo()) =>
  encodePart(part as ContentPart, 'messages[0].content[0]', encodeContext(info))

describe('media both ways', () => {
  const pairs: [string, ContentPart, Block][] = [
    [
      'an inline image',
      { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBO' } },
    ],
    [
      'an image by URL with a cache mark',
      {
        type: 'image_url',
        image_url: { url: 'https://x.test/a.png' },
        cache_control: { type: 'ephemeral' },
      },
      {
        type: 'image',
        source: { type: 'url', url: 'https://x.test/a.png' },
        cache_control: { type: 'ephemeral' },
      },
    ],
    [
      'an uploaded image',
      { type: 'file', file: { file_id: 'file_1', format: 'image/*' } },
      { type: 'image', source: { type: 'file', file_id: 'file_1' } },
    ],
    [
      'an inline PDF with title and citations',
      {
        type: 'file',
        file: { file_data: 'data:application/pdf;base64,JVBE', filename: 'a.pdf' },
        citations: { enabled: true },
      },
      {
        type: 'document',
        source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' },
        title: 'a.pdf',
        citations: { enabled: true },
      },
    ],
    [
      'a PDF by URL',
      { type: 'file', file: { file_id: 'https://x.test/a.pdf' } },
      { type: 'document', source: { type: 'url', url: 'https://x.test/a.pdf' } },
    ],
    [
      'an uploaded file',
      { type: 'file', file: { file_id: 'file_2' } },
      { type: 'document', source: { type: 'file', file_id: 'file_2' } },
    ],
    [
      'a text document',
      { type: 'file', file: { file_data: 'data:text/plain;base64,aMOpbGxv' } },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'héllo' } },
    ],
    [
      'a block the hub has no word for',
      { type: 'search_result', source: 's', title: 't', content: [] } as never,
      { type: 'search_result', source: 's', title: 't', content: [] },
    ],
  ]
  test.each(pairs)('%s', (_name, part, block) => {
    expect(encode(part)).toEqual(block)
    expect(decodePart(block)).toEqual(part)
  })
})

describe('what arrives in other spellings', () => {
  test('a bare URL string, a PDF as image_url, bare base64, percent-encoding', () => {
    expect(encode({ type: 'image_url', image_url: 'https://x.test/a.png' })).toMatchObject({
      source: { url: 'https://x.test/a.png' },
    })
    expect(
      encode({ type: 'image_url', image_url: { url: 'data:application/pdf;base64,JVBE' } }),
    ).toMatchObject({ type: 'document', source: { media_type: 'application/pdf' } })
    expect(encode({ type: 'file', file: { file_data: 'JVBE' } })).toMatchObject({
      type: 'document',
      source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' },
    })
    expect(encode({ type: 'file', file: { file_data: 'data:text/plain,a%20b' } })).toMatchObject({
      source: { type: 'text', data: 'a b' },
    })
  })

  test('an explicit format wins over the MIME type of the URI', () => {
    expect(
      encode({ type: 'image_url', image_url: { url: 'data:;base64,iVBO', format: 'image/webp' } }),
    ).toMatchObject({ source: { media_type: 'image/webp' } })
  })

  test('image detail is ignored with a warning', () => {
    const info = testInfo()
    encode({ type: 'image_url', image_url: { url: 'https://x.test/a', detail: 'high' } }, info)
    expect(info.warnings).toMatchObject([{ action: 'ignored' }])
  })

  test.each([
    ['audio', { type: 'input_audio', input_audio: { data: '', format: 'wav' } }],
    ['a spreadsheet', { type: 'file', file: { file_data: 'data:application/vnd.ms-excel;base64,AA' } }],
  ])('%s is refused by name', (_name, part) => {
    expect(() => encode(part)).toThrowError(
      expect.objectContaining({ kind: 'unsupported_params', param: 'messages[0].content[0]' }),
    )
  })

  test('a broken URI is the caller’s mistake', () => {
    expect(() => encode({ type: 'image_url', image_url: { url: 'data:image/png' } })).toThrow(/has no data/)
    expect(() => encode({ type: 'image_url', image_url: {} })).toThrow(/must be an http/)
  })

  test.each([
    [{ type: 'text', text: 5 }, 'messages[0].content[0].text'],
    [{ type: 'refusal', refusal: { why: '' } }, 'messages[0].content[0].refusal'],
  ])('text that is no text is refused by name: %j', (part, param) => {
    expect(() => encode(part)).toThrowError(
      expect.objectContaining({ param, message: `${param}: must be a string.` }),
    )
  })
})
