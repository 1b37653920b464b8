import { expect, test } from 'vitest'
import { sdkHost } from '../../../api/host.ts'
import type { OutgoingRequest } from '../../../credentials/credentials.ts'
import type { Deployment } from '../../../types/deployment.ts'
import { bind, urlOf } from '../../bind.ts'
import { gemini } from './gemini.ts'

const signingHost = sdkHost().signing

const deployment: Deployment = { id: 'd', group: 'g', provider: 'gemini', model: 'm' }

const url = (model: string, stream: boolean) =>
  urlOf(gemini, bind(gemini, 'chat', undefined, 'm'), { model, stream, deployment }, undefined)

test('model and streaming stand in the path', () => {
  const base = 'https://generativelanguage.googleapis.com/v1beta'
  expect(url('gemini-2.5-pro', false)).toBe(`${base}/models/gemini-2.5-pro:generateContent`)
  expect(url('models/gemini-2.5-pro', true)).toBe(
    `${base}/models/gemini-2.5-pro:streamGenerateContent?alt=sse`,
  )
  expect(url('tunedModels/mine', false)).toBe(`${base}/tunedModels/mine:generateContent`)
  expect(url('a/evil?x=', false)).toBe(`${base}/models/a%2Fevil%3Fx%3D:generateContent`)
  expect(() => url('../../evil', false)).toThrow(/may not stand there/)
})

test('the key goes into a header, never into the URL', async () => {
  const request: OutgoingRequest = { method: 'POST', url: url('m', true), headers: {} }
  await gemini.credentials.sign(request, 'secret', deployment, signingHost)
  expect(request.headers).toEqual({ 'x-goog-api-key': 'secret' })
  expect(request.url).not.toContain('secret')
})
