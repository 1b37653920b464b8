import type { OcrDocument, OcrRequest } from '../types/ocr.ts'
import type { Endpoint } from './endpoint.ts'
import { NO_TOKENS } from './image-answer.ts'

/** Documents read into Markdown, page by page. */
export const ocr: Endpoint<'ocr'> = {
  name: 'ocr',
  callType: 'aocr',
  openaiParams: new Set([
    'bbox_annotation_format',
    'document_annotation_format',
    'image_limit',
    'image_min_size',
    'include_image_base64',
    'pages',
  ]),
  sample: { document: { type: 'document_url', document_url: 'https://example.com/a.pdf' } },
  paramSamples: {
    image_limit: { image_limit: 2 },
    include_image_base64: { include_image_base64: true },
    pages: { pages: [0, 2] },
  },
  texts: () => [],
  withTexts: request => request,
  replyTexts: response => response.pages.map(page => page.markdown),
  withReplyTexts: (response, texts) => ({
    ...response,
    pages: response.pages.map((page, index) => ({ ...page, markdown: texts[index] ?? page.markdown })),
  }),
  usage: () => NO_TOKENS,
  maxOutputTokens: () => 0,
  units(request, response) {
    const pages = response
      ? (response.usage_info?.pages_processed ?? response.pages.length)
      : (request.pages?.length ?? 1)
    const isAnnotated = request.bbox_annotation_format != null || request.document_annotation_format != null
    return { page: pages, ...(isAnnotated && { annotatedPage: pages }) }
  },
  mediaUrls: ({ document }) => {
    const url = addressOf(document)
    return url === undefined ? [] : [url]
  },
  withMediaUrls(request, replace): OcrRequest {
    const url = addressOf(request.document)
    return url === undefined ? request : { ...request, document: withAddress(request.document, replace(url)) }
  },
}

function addressOf(document: OcrDocument): string | undefined {
  if (document.type === 'document_url') return document.document_url
  if (document.type === 'file') return undefined
  return typeof document.image_url === 'string' ? document.image_url : document.image_url.url
}

function withAddress(document: OcrDocument, url: string): OcrDocument {
  if (document.type === 'document_url') return { ...document, document_url: url }
  if (document.type === 'file') return document
  const { image_url: image } = document
  return { ...document, image_url: typeof image === 'string' ? url : { ...image, url } }
}
