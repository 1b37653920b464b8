import { badKey } from '../wire/bad-key.ts'
import { Failure } from '../wire/failure.ts'
import type { CallOperation } from '../wire/wire.ts'
import { grantOf, mint, needed } from './mint.ts'
import { oauthFailure } from './oauth.ts'

/** https://cloud.ibm.com/apidocs/iam-identity-token-api#gettoken-apikey */
export const ibmToken: CallOperation = {
  kind: 'call',
  takes: ['urlencoded'],
  failure(failure) {
    const reply = oauthFailure(failure)
    const isKey = failure.kind === 'unauthorized'
    const message = isKey ? 'Provided API key could not be found.' : (failure.facts.message ?? failure.kind)
    const body = { errorCode: isKey ? 'BXNIM0415E' : 'BXNIM0109E', errorMessage: message, context: {} }
    return { ...reply, status: failure.facts.status ?? (isKey ? 400 : reply.status), body }
  },
  answer(call) {
    grantOf(call, 'urn:ibm:params:oauth:grant-type:apikey')
    const key = needed(call, 'apikey')
    if (key === badKey) throw new Failure('unauthorized')
    const scope = 'ibm openid'
    const { minted, seconds } = mint(call, { issuer: 'ibm', subject: 'apikey', scope, prefix: 'ibm-' })
    return {
      json: {
        access_token: minted.token,
        refresh_token: 'not_supported',
        token_type: 'Bearer',
        expires_in: seconds,
        expiration: Math.floor(minted.expiresAt / 1_000),
        scope,
      },
    }
  },
}
