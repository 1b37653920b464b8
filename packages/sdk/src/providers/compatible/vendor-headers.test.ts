import { expect, test } from 'vitest'
import { bearer } from '../../credentials/bearer.ts'
import type { OutgoingRequest, SigningHost } from '../../credentials/credentials.ts'
import type { Deployment } from '../../types/deployment.ts'
import { vendorHeaders } from './vendor-headers.ts'

const deployment: Deployment = { id: 'd', group: 'g', provider: 'p', model: 'm' }

function host(environment: Readonly<Record<string, string>>): SigningHost {
  return {
    now: () => 0,
    secret: names => names.map(name => environment[name]).find(value => value !== undefined),
    exchange: () => Promise.reject(new Error('Nobody should ask for a token.')),
  }
}

const signed = vendorHeaders(bearer(['KEY']), {
  'api-subscription-key': 'secret',
  'x-source': 'sluice',
  'x-title': { env: ['APP', 'OTHER'], otherwise: 'Sluice' },
  'http-referer': { env: ['SITE'] },
})

async function headersOf(
  given: Record<string, string>,
  environment: Record<string, string>,
  secret?: string,
) {
  const request: OutgoingRequest = { method: 'POST', url: 'https://x.example', headers: given }
  await signed.sign(request, secret, deployment, host(environment))
  return request.headers
}

test('the vendor’s headers come with the key, from the environment or as they are', async () => {
  expect(await headersOf({}, {}, 's')).toEqual({
    authorization: 'Bearer s',
    'api-subscription-key': 's',
    'x-source': 'sluice',
    'x-title': 'Sluice',
  })
  expect(await headersOf({}, { OTHER: 'Mine', SITE: 'https://me.example' })).toEqual({
    'x-source': 'sluice',
    'x-title': 'Mine',
    'http-referer': 'https://me.example',
  })
})

test('what the caller or the deployment set stays', async () => {
  expect(await headersOf({ 'x-title': 'Caller' }, { APP: 'Mine' })).toMatchObject({ 'x-title': 'Caller' })
})
