import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Credentials, SigningHost } from '../../../credentials/credentials.ts'
import { type Expiring, ExpiringCache } from '../../../credentials/expiring-cache.ts'
import { createError } from '../../../errors.ts'
import { isJsonObject, textOf } from '../../../types/json.ts'

/** What GitHub gives for an account's token: good for half an hour, at the address of the account's plan. */
interface CopilotToken extends Expiring {
  readonly token: string
  readonly address?: string | undefined
}

const EXCHANGE = 'https://api.github.com/copilot_internal/v2/token'
const LIMITS = { timeoutMs: 20_000, maxBytes: 256 * 1024 }
const HOST = 'api.githubcopilot.com'

/** Tokens of GitHub accounts, apps and people; anything else is taken for a Copilot token itself. */
const ACCOUNT_TOKEN = /^(gh[a-z]_|github_pat_)/

const REMEDY =
  'Sign in once with LiteLLM or the Copilot CLI and point GITHUB_COPILOT_TOKEN_DIR at the folder with the file ' +
  '"access-token", or set GITHUB_COPILOT_TOKEN (or api_key) to the token of a GitHub account that has Copilot.'

/**
 * A Copilot token for the GitHub account whose token is the key, or lies where LiteLLM's device sign-in puts it:
 * `GITHUB_COPILOT_TOKEN_DIR` (`~/.config/litellm/github_copilot`), file `GITHUB_COPILOT_ACCESS_TOKEN_FILE`
 * (`access-token`). Throws `AuthenticationError` with the remedy.
 */
export function copilotToken(env: readonly string[]): Credentials {
  const tokens = new ExpiringCache<CopilotToken>()
  return {
    env,
    required: false,
    async sign(request, secret, _deployment, host) {
      const account = secret ?? (await readAccountToken(host))
      const { token, address } = ACCOUNT_TOKEN.test(account)
        ? await tokens.get(account, host.now(), () => exchange(account, host))
        : { token: account }
      request.headers.authorization = `Bearer ${token}`
      const url = new URL(request.url)
      if (address !== undefined && url.host === HOST) request.url = `${address}${url.pathname}${url.search}`
    },
  }
}

async function readAccountToken(host: SigningHost): Promise<string> {
  const folder =
    host.secret(['GITHUB_COPILOT_TOKEN_DIR']) ?? join(homedir(), '.config', 'litellm', 'github_copilot')
  const file = join(folder, host.secret(['GITHUB_COPILOT_ACCESS_TOKEN_FILE']) ?? 'access-token')
  try {
    const token = (await readFile(file, 'utf8')).trim()
    if (token !== '') return token
  } catch (cause) {
    throw refused(`No GitHub account token was found. ${REMEDY}`, cause)
  }
  throw refused(`The GitHub account token file is empty. ${REMEDY}`)
}

async function exchange(account: string, host: SigningHost): Promise<CopilotToken> {
  const reply = await host.exchange(
    {
      method: 'GET',
      url: EXCHANGE,
      headers: { accept: 'application/json', authorization: `token ${account}`, 'user-agent': 'sluice' },
    },
    LIMITS,
  )
  if (reply.status >= 500)
    throw createError({ kind: 'unavailable', message: 'GitHub could not issue a Copilot token.' })
  const body: unknown = parsed(reply.body.toString('utf8'))
  if (reply.status >= 400 || !isJsonObject(body) || typeof body.token !== 'string')
    throw refused(`GitHub issued no Copilot token (status ${reply.status}). ${REMEDY}`)
  const address = isJsonObject(body.endpoints) ? textOf(body.endpoints.api) : ''
  return {
    token: body.token,
    ...(typeof body.expires_at === 'number' && { expiresAt: body.expires_at * 1000 }),
    ...(isCopilotAddress(address) && { address }),
  }
}

function isCopilotAddress(address: string): boolean {
  const url = URL.parse(address)
  return url?.protocol === 'https:' && url.hostname.endsWith('.githubcopilot.com')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function refused(message: string, cause?: unknown) {
  return createError({ kind: 'authentication', message, ...(cause !== undefined && { cause }) })
}
