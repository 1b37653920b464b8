import type { Cases } from './cases.ts'
import { PDF_URI, PDF_URL, PICTURE_URI, PICTURE_URL, pdf } from './files.ts'

const document = { type: 'document_url', document_url: PDF_URL } as const
const schema = { type: 'object', properties: { total: { type: 'number' } } }
const format = { type: 'json_schema', json_schema: { name: 'bill', schema } }

export const ocrCases: Cases<'ocr'> = {
  'an address': { document },
  'an inline document': { document: { type: 'document_url', document_url: PDF_URI } },
  'the address of a picture': { document: { type: 'image_url', image_url: PICTURE_URL } },
  'an inline picture': { document: { type: 'image_url', image_url: PICTURE_URI } },
  'a picture as chats have it': {
    document: { type: 'image_url', image_url: { url: PICTURE_URI, detail: 'low' } },
  },
  'an upload': { document: { type: 'file', file: pdf() } },
  'every parameter': {
    ...{ document, pages: [0, 2, 3], include_image_base64: true, image_limit: 5, image_min_size: 100 },
    ...{ bbox_annotation_format: format, document_annotation_format: format },
  },
  'some pages': { document, pages: [0, 1, 2, 5] },
  'beyond ASCII': { document: { ...document, document_name: 'Größe 猫.pdf' } },
  'null everywhere': {
    ...{ document, pages: null, include_image_base64: null, image_limit: null, image_min_size: null },
    ...{ bbox_annotation_format: null, document_annotation_format: null },
  },
  'unknown fields': { document, table_format: 'html', nested: { depth: 2 } },
}
