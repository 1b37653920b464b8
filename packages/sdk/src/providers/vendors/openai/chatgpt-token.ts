import { randomUUID } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Credentials, OutgoingRequest, SigningHost } from '../../../credentials/credentials.ts'
import { type Expiring, ExpiringCache } from '../../../credentials/expiring-cache.ts'
import { createError } from '../../../errors.ts'
import { isJsonObject, type JsonObject, textOf } from '../../../types/json.ts'

interface ChatgptToken extends Expiring {
  readonly token: string
  readonly account: string
}

const REFRESH = 'https://auth.openai.com/oauth/token'
/** The public client that ChatGPT subscriptions are signed in with. */
const CLIENT_ID = 'app_EMoamEEZ73f0CkXaXp7hrann'
const ORIGINATOR = 'codex_cli_rs'
const CLAIMS = 'https://api.openai.com/auth'
const LIMITS = { timeoutMs: 20_000, maxBytes: 256 * 1024 }

const REMEDY =
  'Sign in once with LiteLLM and point CHATGPT_TOKEN_DIR at the folder with the file "auth.json" (or another name in ' +
  'CHATGPT_AUTH_FILE), or set api_key to an access token.'

/**
 * The sign-in of a ChatGPT subscription, as LiteLLM keeps it: `CHATGPT_TOKEN_DIR` (`~/.config/litellm/chatgpt`), file
 * `CHATGPT_AUTH_FILE` (`auth.json`), renewed there when it is about to expire. Throws `AuthenticationError` with the
 * remedy.
 */
export function chatgptToken(): Credentials {
  const tokens = new ExpiringCache<ChatgptToken>()
  return {
    env: ['CHATGPT_ACCESS_TOKEN'],
    required: false,
    async sign(request, secret, _deployment, host) {
      const file = authFile(host)
      const { token, account } =
        secret === undefined ? await tokens.get(file, host.now(), () => load(file, host)) : told(secret)
      addHeaders(request, token, account, host)
    },
  }
}

function addHeaders({ headers }: OutgoingRequest, token: string, account: string, host: SigningHost): void {
  headers.authorization = `Bearer ${token}`
  headers.accept = 'text/event-stream'
  headers.originator = host.secret(['CHATGPT_ORIGINATOR']) ?? ORIGINATOR
  const agent = host.secret(['CHATGPT_USER_AGENT'])
  if (agent !== undefined) headers['user-agent'] = agent
  if (account !== '') headers['chatgpt-account-id'] = account
}

function authFile(host: SigningHost): string {
  const folder = host.secret(['CHATGPT_TOKEN_DIR']) ?? join(homedir(), '.config', 'litellm', 'chatgpt')
  return join(folder, host.secret(['CHATGPT_AUTH_FILE']) ?? 'auth.json')
}

async function load(file: string, host: SigningHost): Promise<ChatgptToken> {
  const record = await readRecord(file)
  const kept = tokenOf(record)
  if (kept.token !== '' && (kept.expiresAt ?? 0) > host.now() + 60_000) return kept
  const renewed = await renew(record, host)
  await writeRecord(file, renewed)
  return tokenOf(renewed)
}

async function readRecord(file: string): Promise<JsonObject> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw refused(`No ChatGPT sign-in was found. ${REMEDY}`, cause)
  }
  const record = parsed(text)
  if (isJsonObject(record)) return record
  throw refused(`The file of the ChatGPT sign-in is not JSON. ${REMEDY}`)
}

/** Refresh tokens are good once, so the new one must be kept before anything else happens, and never half. */
async function writeRecord(file: string, record: JsonObject): Promise<void> {
  const draft = `${file}.${randomUUID()}`
  try {
    await writeFile(draft, JSON.stringify(record), { mode: 0o600 })
    await rename(draft, file)
  } catch (cause) {
    throw refused(
      'The renewed ChatGPT sign-in cannot be written. Make CHATGPT_TOKEN_DIR writable and sign in again.',
      cause,
    )
  }
}

async function renew(record: JsonObject, host: SigningHost): Promise<JsonObject> {
  const refresh = textOf(record.refresh_token)
  if (refresh === '') throw refused(`The ChatGPT sign-in has expired and cannot be renewed. ${REMEDY}`)
  const asked = {
    client_id: CLIENT_ID,
    grant_type: 'refresh_token',
    refresh_token: refresh,
    scope: 'openid profile email',
  }
  const { status, body } = await host.exchange(
    {
      method: 'POST',
      url: REFRESH,
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify(asked),
    },
    LIMITS,
  )
  if (status >= 500 || status === 429)
    throw createError({ kind: 'unavailable', message: 'OpenAI could not renew the ChatGPT sign-in.' })
  const reply = parsed(body.toString('utf8'))
  if (status >= 400 || !isJsonObject(reply) || typeof reply.access_token !== 'string')
    throw refused(`OpenAI did not renew the ChatGPT sign-in (status ${status}). ${REMEDY}`)
  const { access_token: access, id_token: id = record.id_token } = reply
  const { expiresAt, account } = told(access, textOf(id))
  return {
    ...record,
    access_token: access,
    refresh_token: reply.refresh_token ?? refresh,
    id_token: id,
    expires_at: expiresAt === undefined ? null : Math.floor(expiresAt / 1000),
    account_id: account || record.account_id,
  }
}

function tokenOf({
  access_token: access,
  id_token: id,
  expires_at: end,
  account_id: account,
}: JsonObject): ChatgptToken {
  const read = told(textOf(access), textOf(id))
  return {
    token: read.token,
    account: textOf(account) || read.account,
    expiresAt: typeof end === 'number' ? end * 1000 : read.expiresAt,
  }
}

/** What the tokens say of themselves. They are not verified: their issuer will do that. */
function told(token: string, idToken = ''): ChatgptToken {
  const { exp } = claimsOf(token)
  const own = claimsOf(idToken || token)[CLAIMS]
  return {
    token,
    account: isJsonObject(own) ? textOf(own.chatgpt_account_id) : '',
    expiresAt: typeof exp === 'number' ? exp * 1000 : undefined,
  }
}

function claimsOf(token: string): JsonObject {
  const claims = parsed(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
  return isJsonObject(claims) ? claims : {}
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
