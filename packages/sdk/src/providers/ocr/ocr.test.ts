import { startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { OcrRequest } from '../../types/ocr.ts'
import { providers } from '../registry.ts'
import { ProviderCaller } from '../testing/provider-caller.ts'

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream()
})
afterAll(() => upstream.close())
beforeEach(() => upstream.reset())

const byUrl = { type: 'document_url' as const, document_url: 'https://example.com/a.pdf' }
const PDF = Buffer.from('%PDF-1.4').toString('base64')
const inline = { type: 'document_url' as const, document_url: `data:application/pdf;base64,${PDF}` }

function caller(name: string): ProviderCaller {
  const provider = providers.get(name)
  if (provider === undefined) throw new Error(`No provider ${name}.`)
  return new ProviderCaller(provider)
}

function ask(model: string, request: Omit<OcrRequest, 'model'>, path = '') {
  return {
    endpoint: 'ocr' as const,
    clientFormat: 'mistral-ocr',
    deployment: { model, apiKey: 'vendor-key', apiBase: `${upstream.url}/documents${path}` },
    request: request as Omit<OcrRequest, 'model'>,
  }
}

test('Mistral reads the pages that were asked for', async () => {
  const asked = ask('mistral-ocr-latest', { document: byUrl, pages: [1] }, '/v1')
  const { pages, usage_info: usage } = await caller('mistral').whole(asked)
  expect(pages).toMatchObject([{ index: 1, markdown: '# Page 2 of https://example.com/a.pdf' }])
  expect(usage?.pages_processed).toBe(1)
})

test('Mistral at Azure hears its key as a bearer token and gets documents inside the request', async () => {
  const { pages } = await caller('azure_ai').whole(ask('mistral-document-ai-2505', { document: inline }))
  expect(pages).toHaveLength(2)
  const { headers, path } = upstream.requests[0] ?? {}
  expect(path).toContain('/providers/mistral/azure/ocr')
  expect(headers).toMatchObject({ authorization: 'Bearer vendor-key' })
  expect(headers).not.toHaveProperty('api-key')
})

test('Document Intelligence is asked until the job is done, with its own header at every step', async () => {
  const asked = ask('doc-intelligence/prebuilt-layout', { document: byUrl, pages: [0, 2] })
  const answer = await caller('azure_ai').whole(asked)
  expect(answer.pages).toEqual([
    { index: 0, markdown: '# Page 1\n', dimensions: { dpi: 96, width: 816, height: 1056 } },
    { index: 2, markdown: '# Page 3\n', dimensions: { dpi: 96, width: 816, height: 1056 } },
  ])
  expect(upstream.requests.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET'])
  for (const { headers } of upstream.requests)
    expect(headers).toMatchObject({ 'ocp-apim-subscription-key': 'vendor-key' })
  expect(upstream.requests[0]?.query.get('api-version')).toBe('2024-11-30')
  expect(upstream.requests[0]?.query.get('pages')).toBe('1,3')
})

test('a document that Document Intelligence cannot read is an error in its words', async () => {
  upstream.script({ job: { error: 'The file is damaged.', runningPolls: 0 } })
  const asked = ask('doc-intelligence/prebuilt-read', { document: inline })
  const error = await caller('azure_ai').failure(asked)
  expect(error.message).toContain('The file is damaged.')
  expect(error.retryable).toBe(false)
})

test('Document Intelligence may have a key of its own', async () => {
  const azure = caller('azure_ai')
  azure.environment = { AZURE_DOCUMENT_INTELLIGENCE_API_KEY: 'own-key', AZURE_AI_API_KEY: 'other' }
  const { deployment, ...asked } = ask('doc-intelligence/prebuilt-layout', { document: byUrl })
  const { apiKey: _, ...keyless } = deployment
  await azure.whole({ ...asked, deployment: keyless })
  expect(upstream.requests[0]?.headers).toMatchObject({ 'ocp-apim-subscription-key': 'own-key' })
})

test('Reducto answers a page per chunk, and refuses what it cannot reach', async () => {
  const { pages } = await caller('reducto').whole(ask('parse', { document: byUrl, pages: [3] }))
  expect(pages).toEqual([{ index: 3, markdown: '# Page 4' }])
  expect(await caller('reducto').failure(ask('parse', { document: inline }))).toMatchObject({
    param: 'document',
    status: 400,
  })
})

test('what a reader of documents cannot do is refused', async () => {
  const asked = ask('parse', { document: byUrl, include_image_base64: true })
  expect(await caller('reducto').failure(asked)).toMatchObject({ kind: 'unsupported_params' })
})
