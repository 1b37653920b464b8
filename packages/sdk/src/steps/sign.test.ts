import { expect, test } from 'vitest'
import { badRequest, createError } from '../errors.ts'
import { testHost } from '../testing/ask.ts'
import type { Prepared } from './shapes.ts'
import { sign } from './sign.ts'

const request = { method: 'POST' as const, url: 'https://x.example', headers: {} }
const host = testHost()

function preparedWith(run: () => void | Promise<void>): Prepared<'chat'> {
  const credentials = { env: [], required: false, sign: run }
  return { provider: { credentials }, ask: { deployment: {} } } as unknown as Prepared<'chat'>
}

async function signed(error: Error): Promise<unknown> {
  const late = () => Promise.reject(error)
  const atOnce = () => {
    throw error
  }
  const [one, other] = await Promise.all(
    [late, atOnce].map(async run => {
      try {
        return await sign(preparedWith(run), request, host)
      } catch (thrown) {
        return thrown
      }
    }),
  )
  expect(one).toMatchObject({ kind: (other as { kind: string }).kind })
  return one
}

test('a broken credential is not the caller’s mistake, whether it is found at once or at the token’s door', async () => {
  const broken = badRequest('The key is no PEM.')
  expect(await signed(broken)).toMatchObject({ kind: 'authentication', message: broken.message })
  const missing = createError({ kind: 'not_found', message: 'No such tenant.' })
  expect(await signed(missing)).toMatchObject({ kind: 'authentication' })
})

test('trouble that passes stays what it is, and so does what names the parameter to mend', async () => {
  for (const kind of ['timeout', 'rate_limit', 'unavailable', 'connection'] as const)
    expect(await signed(createError({ kind, message: 'x' }))).toMatchObject({ kind })
  for (const param of ['model', 'vertex_credentials.token_uri', 'azure_username'])
    expect(await signed(badRequest(`${param}: x`, param))).toMatchObject({ kind: 'bad_request', param })
})
