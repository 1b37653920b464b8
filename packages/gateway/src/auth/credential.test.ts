import { describe, expect, test } from 'vitest'
import { readCredential } from './credential.ts'

describe('readCredential', () => {
  test.each([
    ['x-litellm-api-key', 'sk-1', 'sk-1'],
    ['x-litellm-api-key', 'Bearer sk-1', 'sk-1'],
    ['authorization', 'Bearer sk-1', 'sk-1'],
    ['authorization', 'bearer   sk-1 ', 'sk-1'],
    ['authorization', `Basic ${Buffer.from('sk-1:secret').toString('base64')}`, 'sk-1'],
    ['authorization', `Basic ${Buffer.from('user:sk-1').toString('base64')}`, 'sk-1'],
    [
      'authorization',
      'AWS4-HMAC-SHA256 Credential=Bearer sk-1/20261121/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=ff',
      'sk-1',
    ],
    ['authorization', 'AWS4-HMAC-SHA256 Credential=AKIA1/20261121/us-east-1/bedrock/aws4_request', undefined],
    ['authorization', 'sk-1', undefined],
    ['authorization', 'Token sk-1', undefined],
    ['authorization', 'Bearer', undefined],
    ['authorization', 'Bearer ', undefined],
    ['api-key', 'sk-1', 'sk-1'],
    ['api-key', 'Bearer sk-1', 'sk-1'],
    ['x-api-key', 'sk-1', 'sk-1'],
    ['x-goog-api-key', 'sk-1', 'sk-1'],
    ['ocp-apim-subscription-key', 'sk-1', 'sk-1'],
    ['x-other', 'sk-1', undefined],
  ])('%s: %s gives %s', (name, value, expected) => {
    expect(readCredential({ headers: { [name]: value } })).toBe(expected)
  })

  test('the first source that is not empty wins, in LiteLLM order', () => {
    const headers = {
      'x-litellm-api-key': ' ',
      authorization: 'Bearer sk-authorization',
      'api-key': 'sk-azure',
      'x-api-key': 'sk-anthropic',
    }
    expect(readCredential({ headers, queryKey: 'sk-query' })).toBe('sk-authorization')
    expect(readCredential({ headers: { ...headers, authorization: 'nonsense' } })).toBe('sk-azure')
  })

  test('the configured header comes first, whatever its case in the settings', () => {
    const headers = { 'x-my-key': 'Bearer sk-mine', authorization: 'Bearer sk-other' }
    expect(readCredential({ headers, keyHeaderName: 'X-My-Key' })).toBe('sk-mine')
  })

  test('the query counts last, and an empty one not at all', () => {
    expect(readCredential({ headers: {}, queryKey: 'sk-query' })).toBe('sk-query')
    expect(readCredential({ headers: {}, queryKey: '' })).toBeUndefined()
  })
})
