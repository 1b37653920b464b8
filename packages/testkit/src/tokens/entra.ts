import { asText } from '../json.ts'
import { badKey } from '../wire/bad-key.ts'
import { Failure } from '../wire/failure.ts'
import type { CallOperation, FailureReply } from '../wire/wire.ts'
import { grantOf, mint, needed } from './mint.ts'
import { oauthFailure } from './oauth.ts'

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow: by secret or assertion. */
export const entraToken: CallOperation = {
  kind: 'call',
  takes: ['urlencoded'],
  failure: entraFailure,
  answer(call) {
    grantOf(call, 'client_credentials')
    const subject = needed(call, 'client_id')
    const scope = needed(call, 'scope')
    const isAssertion = call.body.client_assertion !== undefined
    if (isAssertion && call.body.client_assertion_type !== assertionType)
      needed(call, 'client_assertion_type')
    const secret = needed(call, isAssertion ? 'client_assertion' : 'client_secret')
    if (secret === badKey) throw new Failure('unauthorized')
    if (!scope.split(' ').every(one => one.endsWith('/.default'))) {
      throw new Failure('invalid', {
        code: 'invalid_scope',
        message: `AADSTS1002012: The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
      })
    }
    const { minted, seconds } = mint(call, { issuer: 'azure', subject, scope, prefix: 'entra-' })
    return {
      json: {
        token_type: 'Bearer',
        expires_in: seconds,
        ext_expires_in: seconds,
        access_token: minted.token,
      },
    }
  },
}

function entraFailure(failure: Failure): FailureReply {
  const { facts, kind } = failure
  const message =
    facts.message ??
    (kind === 'unauthorized'
      ? "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app 'testkit'."
      : undefined)
  const reply = oauthFailure(new Failure(kind, { ...facts, message }))
  const code = Number(/^AADSTS(\d+)/.exec(message ?? '')?.[1] ?? 900_144)
  const ids = { trace_id: 'testkit-trace', correlation_id: 'testkit-correlation' }
  const body = typeof reply.body === 'string' ? {} : reply.body
  return { ...reply, body: { ...body, error_codes: [code], timestamp: '2026-01-01 00:00:00Z', ...ids } }
}

/** https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token */
export const managedIdentity: CallOperation = {
  kind: 'call',
  failure: oauthFailure,
  answer(call) {
    const { query, headers } = call.head
    const isAppService = call.route.params?.kind === 'app-service'
    if (isAppService ? headers['x-identity-header'] === undefined : headers.metadata !== 'true') {
      throw new Failure('invalid', {
        message: isAppService
          ? 'Required X-IDENTITY-HEADER header not specified'
          : 'Required metadata header not specified',
      })
    }
    if (headers['x-identity-header'] === badKey) throw new Failure('unauthorized')
    const resource = query.get('resource')
    if (!query.get('api-version') || !resource) {
      throw new Failure('invalid', { message: 'Required query parameters: api-version and resource.' })
    }
    const subject = asText(query.get('client_id') ?? query.get('mi_res_id') ?? 'system-assigned')
    const { minted, seconds } = mint(call, { issuer: 'azure', subject, scope: resource, prefix: 'entra-mi-' })
    return {
      json: {
        access_token: minted.token,
        client_id: subject,
        expires_in: String(seconds),
        expires_on: String(Math.floor(minted.expiresAt / 1_000)),
        not_before: String(Math.floor(minted.expiresAt / 1_000) - seconds),
        resource,
        token_type: 'Bearer',
      },
    }
  },
}
