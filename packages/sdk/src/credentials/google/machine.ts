import { createError, kindOfStatus, SluiceError } from '../../errors.ts'
import { isJsonObject } from '../../types/json.ts'
import type { SigningHost } from '../credentials.ts'
import { brokenAnswer, type GoogleToken, readToken } from './exchange.ts'

/** The machine's own metadata answers at once, or there is none. */
const LIMITS = { timeoutMs: 3_000, maxBytes: 256 * 1024 }

/**
 * A token of the account this machine runs as, and the project it runs in; `undefined` where no metadata server can
 * be reached. Source: https://cloud.google.com/compute/docs/metadata/overview
 */
export async function machineToken(host: SigningHost): Promise<GoogleToken | undefined> {
  const text = await reachable(() => ask('instance/service-accounts/default/token', host))
  if (text === undefined) return undefined
  const project = await ask('project/project-id', host)
  return { ...readToken(objectIn(text), host), project: project.trim() }
}

/** Elsewhere than at Google the address leads nowhere. */
async function reachable(look: () => Promise<string>): Promise<string | undefined> {
  try {
    return await look()
  } catch (error) {
    if (error instanceof SluiceError && (error.kind === 'connection' || error.kind === 'timeout'))
      return undefined
    throw error
  }
}

async function ask(path: string, host: SigningHost): Promise<string> {
  const server = host.secret(['GCE_METADATA_HOST']) ?? '169.254.169.254'
  const url = `http://${server}/computeMetadata/v1/${path}`
  const request = { method: 'GET' as const, url, headers: { 'metadata-flavor': 'Google' } }
  const { status, body } = await host.exchange(request, LIMITS)
  if (status < 400) return body.toString('utf8')
  throw createError({
    kind: kindOfStatus(status),
    message: `The Google metadata server answered with status ${status}.`,
  })
}

function objectIn(text: string) {
  try {
    const value: unknown = JSON.parse(text)
    if (isJsonObject(value)) return value
  } catch {
    // Told below.
  }
  throw brokenAnswer('no JSON object')
}
