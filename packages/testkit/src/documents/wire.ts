import { asObject, asObjects, asText } from '../json.ts'
import { bearerOf } from '../openai/wire.ts'
import type { WireCall } from '../wire/call.ts'
import { Failure } from '../wire/failure.ts'
import { filledText, flag, integer, list, openRecord, record, tagged, text, textOr } from '../wire/shape.ts'
import { keyIn, smallWire } from '../wire/small-wire.ts'
import type { CallOperation, Wire } from '../wire/wire.ts'

const mistralShape = record(
  {
    model: filledText,
    document: tagged('type', {
      document_url: record({ type: text, document_url: filledText }, { document_name: text }),
      image_url: record({ type: text, image_url: textOr(record({ url: filledText }, { detail: text })) }),
    }),
  },
  {
    pages: list(integer(0), 1),
    include_image_base64: flag,
    image_limit: integer(0),
    image_min_size: integer(0),
    bbox_annotation_format: openRecord,
    document_annotation_format: openRecord,
  },
)

/** https://docs.mistral.ai/api/endpoint/ocr: two pages, each saying what it is of. */
const mistral: CallOperation = {
  kind: 'call',
  answer({ body, model }) {
    mistralShape(body, [])
    const document = asObject(body.document)
    const image = asObject(document.image_url).url ?? document.image_url
    const address = asText(document.document_url ?? image)
    const wanted: unknown[] = Array.isArray(body.pages) ? body.pages : [0, 1]
    const pages = wanted.map(index => ({
      index,
      markdown: `# Page ${Number(index) + 1} of ${address.slice(0, 60)}`,
      images: [],
      dimensions: { dpi: 200, height: 2200, width: 1700 },
    }))
    const annotated = body.document_annotation_format !== undefined
    return {
      json: {
        pages,
        model,
        document_annotation: annotated ? '{}' : null,
        usage_info: { pages_processed: pages.length, doc_size_bytes: 3002 },
      },
    }
  },
}

const analyzeShape = record({}, { urlSource: filledText, base64Source: filledText })

/** https://learn.microsoft.com/rest/api/aiservices/document-models/analyze-document: a job told of by a header. */
const analyze: CallOperation = {
  kind: 'call',
  answer(call) {
    analyzeShape(call.body, [])
    if (call.head.query.get('outputContentFormat') !== 'markdown') throw new Failure('invalid')
    const pages = call.head.query.get('pages') ?? '1,2'
    const { id } = call.jobs.start(
      { id: `doc-${call.sequence}`, model: call.model, input: { ...call.body, pages } },
      call.control,
    )
    const job = `${call.origin}/documentintelligence/documentModels/${call.model}/analyzeResults/${id}`
    return { status: 202, headers: { 'operation-location': job }, text: '', contentType: 'text/plain' }
  },
}

const analyzed: CallOperation = {
  kind: 'call',
  answer(call) {
    const { state, input, error } = call.jobs.poll(call.route.params?.id ?? '')
    if (state === 'failed') return { json: { status: 'failed', error: { message: error } } }
    if (state !== 'done') return { json: { status: 'running' } }
    return { json: { status: 'succeeded', analyzeResult: resultOf(asText(input.pages)) } }
  },
}

function resultOf(pages: string) {
  const texts = pages.split(',').map(page => `# Page ${page}\n`)
  let offset = 0
  const found = texts.map((page, index) => {
    const span = { offset, length: page.length }
    offset += page.length
    const pageNumber = Number(pages.split(',')[index])
    return { pageNumber, width: 8.5, height: 11, unit: 'inch', spans: [span] }
  })
  return { content: texts.join(''), pages: found }
}

const parseShape = record(
  { input: filledText },
  { retrieval: openRecord, settings: openRecord, enhance: openRecord, formatting: openRecord },
)

/** https://docs.reducto.ai/api-reference/parse */
const parse: CallOperation = {
  kind: 'call',
  answer({ body }) {
    parseShape(body, [])
    const ranges = asObjects(asObject(body.settings).page_range)
    const pages = ranges.length > 0 ? ranges.map(range => Number(range.start)) : [1, 2]
    const chunks = pages.map(page => ({
      content: `# Page ${page}`,
      blocks: [{ type: 'Text', bbox: { page, original_page: page }, content: `# Page ${page}` }],
    }))
    return { json: { job_id: 'job', usage: { num_pages: pages.length }, result: { type: 'full', chunks } } }
  },
}

const subscription = keyIn('ocp-apim-subscription-key')

/** Whatever reads documents. */
export const documents: Wire = smallWire({
  name: 'documents',
  credential: head => (head.path.startsWith('/documentintelligence/') ? subscription(head) : bearerOf(head)),
  routes: [
    { method: 'POST', path: /^\/v1\/ocr$/, operation: mistral },
    { method: 'POST', path: /^\/providers\/mistral\/azure\/ocr$/, operation: inlineOnly(mistral) },
    {
      method: 'POST',
      path: /^\/documentintelligence\/documentModels\/(?<model>[\w-]+):analyze$/,
      operation: analyze,
    },
    {
      method: 'GET',
      path: /^\/documentintelligence\/documentModels\/[\w-]+\/analyzeResults\/(?<id>[\w-]+)$/,
      operation: analyzed,
    },
    { method: 'POST', path: /^\/parse$/, operation: parse },
  ],
})

/** Azure fetches nothing. */
function inlineOnly(operation: CallOperation): CallOperation {
  return {
    ...operation,
    answer(call: WireCall) {
      const { document_url: url, image_url: image } = asObject(call.body.document)
      const address = asText(url ?? asObject(image).url ?? image)
      if (!address.startsWith('data:'))
        throw new Failure('invalid', { message: 'Only data: URIs are taken.' })
      return operation.answer(call)
    },
  }
}
