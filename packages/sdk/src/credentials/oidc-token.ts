import { readFile } from 'node:fs/promises'
import { badRequest, createError } from '../errors.ts'
import { isJsonObject } from '../types/json.ts'
import type { SigningHost } from './credentials.ts'

const PREFIX = 'oidc/'
const LIMITS = { timeoutMs: 10_000, maxBytes: 256 * 1024 }

/**
 * The token that LiteLLM's `oidc/<provider>/<audience>` stands for; any other text is the token itself. Throws
 * `BadRequestError` for providers that are not known, an `authentication` error when there is no token to be had.
 */
export async function oidcToken(reference: string, host: SigningHost): Promise<string> {
  if (!reference.startsWith(PREFIX)) return reference
  const [source = '', ...rest] = reference.slice(PREFIX.length).split('/')
  const at = rest.join('/')
  switch (source) {
    case 'env':
      return fromEnvironment(at, host)
    case 'env_path':
      return fromFile(fromEnvironment(at, host))
    case 'file':
      return fromFile(at)
    case 'circleci':
      return fromEnvironment('CIRCLE_OIDC_TOKEN', host)
    case 'circleci_v2':
      return fromEnvironment('CIRCLE_OIDC_TOKEN_V2', host)
    case 'github':
      return fromGithub(at, host)
    case 'google':
      return fromGoogle(at, host)
    default:
      throw badRequest(
        `"${PREFIX}${source}/…" names no known source of tokens. Use oidc/file/…, oidc/env/…, oidc/env_path/…, ` +
          'oidc/circleci, oidc/circleci_v2, oidc/github/… or oidc/google/….',
      )
  }
}

function fromEnvironment(name: string, host: SigningHost): string {
  const value = host.secret([name])
  if (value === undefined) throw noToken(`the environment variable ${name} is not set`)
  return value
}

async function fromFile(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (cause) {
    throw noToken(`the file ${path} cannot be read`, cause)
  }
}

/** Source: https://docs.github.com/actions/security-for-github-actions/security-hardening-your-deployments */
async function fromGithub(audience: string, host: SigningHost): Promise<string> {
  const url = new URL(fromEnvironment('ACTIONS_ID_TOKEN_REQUEST_URL', host))
  url.searchParams.set('audience', audience)
  const authorization = `Bearer ${fromEnvironment('ACTIONS_ID_TOKEN_REQUEST_TOKEN', host)}`
  const reply: unknown = JSON.parse(await ask(url, { authorization }, host, 'GitHub'))
  if (!isJsonObject(reply) || typeof reply.value !== 'string') throw noToken('GitHub answered without one')
  return reply.value
}

/** Source: https://cloud.google.com/compute/docs/instances/verifying-instance-identity */
function fromGoogle(audience: string, host: SigningHost): Promise<string> {
  const url = new URL(
    'http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/identity',
  )
  url.searchParams.set('audience', audience)
  return ask(url, { 'metadata-flavor': 'Google' }, host, 'the Google metadata server')
}

async function ask(
  url: URL,
  headers: Record<string, string>,
  host: SigningHost,
  who: string,
): Promise<string> {
  const { status, body } = await host.exchange({ method: 'GET', url: url.href, headers }, LIMITS)
  if (status >= 400) throw noToken(`${who} answered with status ${status}`)
  return body.toString('utf8').trim()
}

function noToken(why: string, cause?: unknown) {
  return createError({ kind: 'authentication', message: `There is no identity token: ${why}.`, cause })
}
