import { expect, test } from 'vitest'
import { connectionError } from './connection-error.ts'

const failed = (code: string) => new Error('outer', { cause: Object.assign(new Error('inner'), { code }) })

test.each(['SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'])(
  'a certificate of an unknown authority (%s) names the remedy, and stays an error',
  code => {
    const error = connectionError(failed(code))
    expect(error).toMatchObject({ kind: 'connection', code })
    expect(error.message).toContain('NODE_EXTRA_CA_CERTS')
  },
)

test('a timeout is one, a code without words is told as it is', () => {
  expect(connectionError(failed('ETIMEDOUT')).kind).toBe('timeout')
  expect(connectionError(failed('EPROTO'), true).message).toBe('The provider broke off its answer: EPROTO.')
})
