import { createServer } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { expect, test } from 'vitest'
import { doorPaths } from '../doors.ts'
import { registerDocumentRoutes } from './document-routes.ts'
import { createOffice } from './office.ts'

/** An office with one route of its own beside the documents. */
async function office(): Promise<FastifyInstance> {
  const { app } = await createOffice(createServer(), 1_000, routes => {
    registerDocumentRoutes(routes)
    routes.get('/own', { schema: { summary: 'Its own' } }, async () => 'own')
  })
  return app
}

interface Operation {
  readonly summary: string
  readonly externalDocs: { readonly url: string }
  readonly requestBody: { readonly content: Record<string, { readonly schema: object }> }
}

test('every inference door is in /openapi.json, beside the routes of the office', async () => {
  const app = await office()
  const { paths, components } = (await app.inject('/openapi.json')).json()
  for (const { method, path } of doorPaths()) {
    const { summary, externalDocs, requestBody } = paths[path][method.toLowerCase()] as Operation
    expect([path, summary]).toEqual([path, expect.stringMatching(/\w/)])
    expect(externalDocs.url).toMatch(/^https:/)
    if (method !== 'POST') continue
    const [name] = JSON.stringify(requestBody).match(/(?<=#\/components\/schemas\/)\w+/) ?? []
    expect(components.schemas).toHaveProperty(name ?? 'a reference')
  }
  expect(paths['/own'].get.summary).toBe('Its own')
})

test('the model is asked for where the path does not name it', async () => {
  const app = await office()
  const { paths, components } = (await app.inject('/openapi.json')).json()
  const bodyOf = (path: string) => paths[path].post.requestBody.content['application/json'].schema
  expect(bodyOf('/v1/chat/completions').allOf[1].required).toEqual(['model'])
  expect(bodyOf('/engines/{model}/chat/completions')).toEqual({
    $ref: '#/components/schemas/ChatCompletionRequest',
  })
  expect(components.schemas.ChatCompletionRequest.required).toEqual(['messages'])
})

test('the page at / lists the doors', async () => {
  const page = (await (await office()).inject('/')).body
  expect(page).toContain('<code>/v1/messages</code>')
  expect(page).toContain('<code>/own</code>')
})
