import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { createError } from '../../errors.ts'
import type { Deployment } from '../../types/deployment.ts'
import { isJsonObject } from '../../types/json.ts'
import type { SigningHost } from '../credentials.ts'
import { ExpiringCache } from '../expiring-cache.ts'
import type { GoogleToken } from './exchange.ts'
import { parseGoogleKey } from './key.ts'
import { machineToken } from './machine.ts'
import { mintGoogleToken } from './tokens.ts'

/** Environment variables that may hold Google credentials, as a path or as JSON; first wins. */
export const GOOGLE_CREDENTIALS_ENV = [
  'VERTEXAI_CREDENTIALS',
  'VERTEX_CREDENTIALS',
  'GOOGLE_APPLICATION_CREDENTIALS',
] as const

const REMEDY =
  'Set vertex_credentials (the path or the JSON of a credentials file) on the deployment, or ' +
  'GOOGLE_APPLICATION_CREDENTIALS in the environment, or sign in with "gcloud auth application-default login".'

/**
 * Finds the Google credentials of deployments in LiteLLM's order (`vertex_credentials`, the environment, gcloud's own
 * file, the account of this machine) and keeps tokens until shortly before they expire.
 */
export class GoogleKeyRing {
  private readonly tokens = new ExpiringCache<GoogleToken>()
  private readonly texts = new WeakMap<object, string>()

  /**
   * A bearer token for the deployment. `fromEnvironment`: what one of `GOOGLE_CREDENTIALS_ENV` holds.
   * Throws an `authentication` error naming the remedy, `BadRequestError` naming the field of a broken file.
   */
  tokenFor(
    deployment: Deployment,
    fromEnvironment: string | undefined,
    host: SigningHost,
  ): Promise<GoogleToken> {
    const given = deployment.params?.vertex_credentials ?? deployment.params?.vertex_ai_credentials
    const text = isJsonObject(given) ? this.writtenOut(given) : typeof given === 'string' ? given.trim() : ''
    if (text.startsWith('{')) return this.fromJson(text, false, host)
    const own = text === '' ? fromEnvironment : text
    if (own === undefined) return this.fromMachine(host)
    return own.startsWith('{') ? this.fromJson(own, true, host) : this.fromFile(own, host)
  }

  /** `trusted`: the operator's environment holds it, rather than a deployment that others may have added. */
  private fromJson(text: string, trusted: boolean, host: SigningHost): Promise<GoogleToken> {
    return this.keep(['json', trusted, text], host, () =>
      mintGoogleToken(parseGoogleKey(text), trusted, host),
    )
  }

  private fromFile(path: string, host: SigningHost): Promise<GoogleToken> {
    return this.keep(['file', path], host, async () => {
      const text = await readFile(path, 'utf8').catch((cause: unknown) => {
        throw createError({
          kind: 'authentication',
          message: `The Google credentials file ${path} cannot be read. ${REMEDY}`,
          cause,
        })
      })
      return mintGoogleToken(parseGoogleKey(text), true, host)
    })
  }

  private fromMachine(host: SigningHost): Promise<GoogleToken> {
    return this.keep(['machine'], host, async () => {
      const folder = gcloudFolder(host)
      const file = join(folder, 'application_default_credentials.json')
      const text = await readFile(file, 'utf8').catch(() => undefined)
      if (text !== undefined) return mintGoogleToken(parseGoogleKey(text), true, host)
      const token = await machineToken(host)
      if (token !== undefined) return token
      throw createError({
        kind: 'authentication',
        message: `There are no Google credentials. ${REMEDY}`,
      })
    })
  }

  private keep(
    what: readonly unknown[],
    host: SigningHost,
    mint: () => Promise<GoogleToken>,
  ): Promise<GoogleToken> {
    // The whole digest: keys cut short have let one caller have another's session (CVE-2026-35030).
    const key = createHash('sha256').update(JSON.stringify(what)).digest('base64')
    return this.tokens.get(key, host.now(), mint)
  }

  /** A configuration's object is the same on every call, so it is written out once. */
  private writtenOut(given: object): string {
    let text = this.texts.get(given)
    if (text === undefined) this.texts.set(given, (text = JSON.stringify(given)))
    return text
  }
}

/** Where gcloud keeps its files, on Windows and elsewhere. */
function gcloudFolder(host: SigningHost): string {
  const windows = host.secret(['APPDATA'])
  return (
    host.secret(['CLOUDSDK_CONFIG']) ??
    (windows === undefined ? join(homedir(), '.config', 'gcloud') : join(windows, 'gcloud'))
  )
}
