import { createError, type SluiceError } from '../../errors.ts'
import { isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type { OutgoingRequest, SigningHost } from '../credentials.ts'
import { hideSecret } from '../hide-secret.ts'
import type { AwsParams } from './aws-params.ts'
import { awsDomainOf } from './aws-region.ts'
import { type AwsKeys, signAws } from './sign-aws.ts'

const LIMITS = { timeoutMs: 20_000, maxBytes: 256 * 1024 }
const DEFAULT_SESSION_NAME = 'sluice'

/**
 * Trades keys for those of a role. Throws an `authentication` error in the service's words, a retryable one when the
 * service itself fails. Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function assumeRole(
  params: AwsParams & { readonly roleArn: string },
  source: AwsKeys,
  region: string,
  host: SigningHost,
): Promise<AwsKeys> {
  const form = roleForm('AssumeRole', params)
  if (params.externalId !== undefined) form.set('ExternalId', params.externalId)
  for (const [index, { key, value }] of params.sessionTags.entries()) {
    form.set(`Tags.member.${index + 1}.Key`, key)
    form.set(`Tags.member.${index + 1}.Value`, value)
  }
  const secrets = [source.secretAccessKey, source.sessionToken]
  return exchange('AssumeRole', form, params, region, host, secrets, request =>
    signAws(request, source, { service: 'sts', region, now: host.now() }),
  )
}

/** Trades a web identity token for a role's keys. Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html */
export function assumeRoleWithWebIdentity(
  params: AwsParams & { readonly roleArn: string },
  token: string,
  region: string,
  host: SigningHost,
): Promise<AwsKeys> {
  const form = roleForm('AssumeRoleWithWebIdentity', params)
  form.set('WebIdentityToken', token)
  return exchange('AssumeRoleWithWebIdentity', form, params, region, host, [token])
}

function roleForm(action: string, params: AwsParams & { readonly roleArn: string }): URLSearchParams {
  return new URLSearchParams({
    Action: action,
    Version: '2011-06-15',
    RoleArn: params.roleArn,
    RoleSessionName: params.sessionName ?? DEFAULT_SESSION_NAME,
  })
}

async function exchange(
  action: string,
  form: URLSearchParams,
  params: AwsParams,
  region: string,
  host: SigningHost,
  secrets: readonly (string | undefined)[],
  sign?: (request: OutgoingRequest) => Promise<void>,
): Promise<AwsKeys> {
  const endpoint = params.stsEndpoint ?? `https://sts.${region}.${awsDomainOf(region)}`
  const request: OutgoingRequest = {
    method: 'POST',
    url: endpoint.endsWith('/') ? endpoint : `${endpoint}/`,
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    },
    body: form.toString(),
  }
  await sign?.(request)
  const { status, body } = await host.exchange(request, LIMITS)
  const text = body.toString('utf8')
  if (status >= 400) throw secrets.reduce<unknown>(hideSecret, refusal(status, text, params.roleArn))
  return keysOf(text, action)
}

function refusal(status: number, text: string, role: string | undefined): SluiceError {
  const said = fieldsOf(text, ['Error'], ['Code', 'Message'])
  const why = [said.Code, said.Message].filter(Boolean).join(': ')
  const throttled = status === 429 || said.Code === 'Throttling'
  return createError({
    kind: status >= 500 || throttled ? 'unavailable' : 'authentication',
    message: `AWS STS did not give the role ${role}${why ? `: ${why}` : ''}. Check aws_role_name and who may assume it.`,
    ...(said.Code && { code: said.Code }),
  })
}

function keysOf(text: string, action: string): AwsKeys {
  const path = [`${action}Response`, `${action}Result`, 'Credentials']
  const names = ['AccessKeyId', 'SecretAccessKey', 'SessionToken', 'Expiration']
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = fieldsOf(text, path, names)
  if (!AccessKeyId || !SecretAccessKey)
    throw createError({ kind: 'bad_gateway', message: 'AWS STS answered without credentials.' })
  const seconds = Number(Expiration)
  const expiresAt = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(Expiration ?? '')
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    ...(Number.isFinite(expiresAt) && { expiresAt }),
  }
}

/** Fields of a reply: JSON as asked for, or XML, which servers that stand in for AWS send whatever is asked. */
function fieldsOf(
  text: string,
  path: readonly string[],
  names: readonly string[],
): Record<string, string | undefined> {
  if (text.trimStart().startsWith('<'))
    return Object.fromEntries(names.map(name => [name, elementText(text, name)]))
  let at: unknown
  try {
    at = JSON.parse(text)
  } catch {
    return {}
  }
  for (const key of path) at = isJsonObject(at) ? at[key] : undefined
  const found: JsonObject = isJsonObject(at) ? at : {}
  return Object.fromEntries(
    names.map(name => {
      const value = found[name]
      return [name, typeof value === 'number' ? String(value) : textOf(value)]
    }),
  )
}

/** The text of the first element of a name; those read here hold no markup. */
function elementText(xml: string, name: string): string | undefined {
  const start = xml.indexOf(`<${name}>`)
  const from = start + name.length + 2
  const end = start < 0 ? -1 : xml.indexOf(`</${name}>`, from)
  return end < 0 ? undefined : xml.slice(from, end).trim()
}
