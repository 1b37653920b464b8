import { describe, expect, test } from 'vitest'
import { ERROR_KINDS } from '../errors.ts'
import { refusal } from '../steps/refusal.ts'
import type { Prepared } from '../steps/shapes.ts'
import { bind } from './bind.ts'
import type { Provider } from './provider.ts'
import { providers } from './registry.ts'
import { CLOUD_ERRORS } from './testing/cloud-errors.ts'
import type { ErrorBody } from './testing/error-body.ts'
import { MAKER_ERRORS } from './testing/maker-errors.ts'
import { PROMPT_SERVER_ERRORS } from './testing/prompt-server-errors.ts'

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
  test.each(
    [...MAKER_ERRORS, ...CLOUD_ERRORS, ...PROMPT_SERVER_ERRORS].map(
      each => [each.provider, each.status, each.kind, each] as const,
    ),
  )('%s, %i: %s', (_name, _status, _kind, wanted) => {
    const error = errorOf(wanted)
    const { provider: _, body: __, headers: ___, ...facts } = wanted
    expect(error).toMatchObject({ retryable: ERROR_KINDS[wanted.kind].retryable, ...facts })
    expect(error.retryAfterMs).toBe(wanted.retryAfterMs)
    expect(error.message).not.toContain('<html')
  })
})
