import { describe, expect, test } from 'vitest'
import { ERROR_KINDS } from '../errors.ts'
import { refusal } from '../steps/refusal.ts'
import type { Prepared } from '../steps/shapes.ts'
import { bind } from './bind.ts'
import type { Provider } from './provider.ts'
import { providers } from './registry.ts'
import { CLOUD_ERRORS } from './testing/cloud-errors.ts'
import type { ErrorBody } from './testing/error-body.ts'
import { GREAT_ERRORS } from './testing/great-errors.ts'
import { MAKER_ERRORS } from './testing/maker-errors.ts'
import { PROMPT_SERVER_ERRORS } from './testing/prompt-server-errors.ts'

const DOCUMENTED = [...GREAT_ERRORS, ...MAKER_ERRORS, ...CLOUD_ERRORS, ...PROMPT_SERVER_ERRORS]
const NOW = 1_767_225_600_000

function errorOf({ provider: name, status, body, headers = {} }: ErrorBody) {
  const provider = providers.get(name) as Provider
  const deployment = { id: 'd', group: 'g', provider: name, model: 'm' }
  const { codec } = bind(provider, 'chat', undefined, 'm')
  const info = { id: 'i', now: NOW, model: 'm', stream: false, deployment, warn() {} }
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  return refusal({ codec, info, provider } as unknown as Prepared<'chat'>, { status, headers }, bytes)
}

describe('what vendors say when they refuse', () => {
  test.each(DOCUMENTED.map(each => [each.provider, each.status, each.kind, each] as const))(
    '%s, %i: %s',
    (_name, _status, _kind, wanted) => {
      const error = errorOf(wanted)
      const { provider: _, body: __, headers: ___, ...facts } = wanted
      expect(error).toMatchObject({ retryable: ERROR_KINDS[wanted.kind].retryable, ...facts })
      expect(error.retryAfterMs).toBe(wanted.retryAfterMs)
      expect(error.message).not.toContain('<html')
    },
  )
})

/** Providers of chats whose errors are documented and told apart by more than their status. */
const told = new Set(DOCUMENTED.map(({ provider }) => provider))
const chatting = [...providers.values()].filter(
  ({ answer, endpoints }) => answer === undefined && endpoints.chat,
)

describe('a refusal of which nothing but the status is known', () => {
  test.each([
    [400, 'bad_request'],
    [401, 'authentication'],
    [403, 'permission'],
    [404, 'not_found'],
    [408, 'timeout'],
    [413, 'too_large'],
    [422, 'unprocessable'],
    [429, 'rate_limit'],
    [500, 'internal'],
    [502, 'bad_gateway'],
    [503, 'unavailable'],
    [504, 'timeout'],
  ] as const)('%i is %s in front of every vendor', (status, kind) => {
    const wrong = chatting.flatMap(({ name }) => {
      const headers = { 'retry-after': '7', 'content-type': 'text/html' }
      const error = errorOf({ provider: name, status, kind, headers, body: '<html><title>x</title></html>' })
      const waits = status === 429 || status === 503
      return error.kind === kind &&
        error.status === status &&
        error.retryable === ERROR_KINDS[kind].retryable &&
        (!waits || error.retryAfterMs === 7000)
        ? []
        : [`${name}: ${error.kind} ${error.status} ${error.retryAfterMs}`]
    })
    expect(wrong).toEqual([])
  })
})

test('every rule that a vendor has of its own is proven by a body of its', () => {
  const ruled = chatting.filter(({ errors }) => errors !== undefined).map(({ name }) => name)
  expect(ruled.filter(name => !told.has(name))).toEqual(PROVEN_ELSEWHERE)
})

/** Same rules as a vendor that is in the tables, or tested beside their own file. All others fall to status and OpenAI’s words. */
const PROVEN_ELSEWHERE = ['azure_ai', 'codestral', 'qwen_ai_platform', 'qwencloud']
