import type { Deployment, JsonObject } from 'sluice/internal'
import type { Settings } from '../../config/settings.ts'
import type { CredentialRow, CredentialStore } from '../../db/credentials/credential-store.ts'
import type { Log } from '../../db/log.ts'
import { openValues } from './open-values.ts'
import { Sealer } from './sealer.ts'
import { withValues } from './with-values.ts'

export interface CredentialBookOptions {
  readonly store: Pick<CredentialStore, 'all' | 'version'>
  /** What values are sealed with: the salt key, else the master key. */
  readonly secret: () => string | undefined
  readonly log: Log
}

/** The stored credentials, opened and in memory, and which deployments take values from them. */
export class CredentialBook {
  readonly #options: CredentialBookOptions
  #version: string | undefined
  #secret: string | undefined
  /** Undefined until the database was read once; a credential without values cannot be opened. */
  #known: ReadonlyMap<string, JsonObject | undefined> | undefined
  #last: Promise<void> = Promise.resolve()
  /** Completed settings → the same without credentials. */
  readonly #bases = new WeakMap<Settings, Settings>()
  #onChange: () => void = () => {}

  constructor(options: CredentialBookOptions) {
    this.#options = options
  }

  /** Calls `onChange` whenever `applyTo` would say something else. */
  watch(onChange: () => void): void {
    this.#onChange = onChange
  }

  /** Catches up with what was changed here and elsewhere; until then what was read last holds. */
  sync(): Promise<void> {
    // One after the other: an older reading never takes the place of a newer one.
    const read = () => this.#read()
    this.#last = this.#last.then(read, read)
    return this.#last
  }

  /**
   * The same settings, their deployments with the values of the credentials they name; of what was completed before,
   * with the values of now.
   */
  applyTo(given: Settings): Settings {
    const settings = this.#bases.get(given) ?? given
    if (!settings.deployments.some(({ credentialName }) => credentialName !== undefined)) return settings
    const completed = { ...settings, deployments: settings.deployments.map(each => this.#complete(each)) }
    this.#bases.set(completed, settings)
    return completed
  }

  #complete(deployment: Deployment): Deployment {
    const { credentialName: name } = deployment
    if (name === undefined) return deployment
    const values = this.#known?.get(name)
    return values ? withValues(deployment, values) : { ...deployment, outOfOrder: this.#reason(name) }
  }

  #reason(name: string): string {
    if (this.#known === undefined)
      return `The credential ${name} of this deployment is not known yet: the database has not been read.`
    if (this.#known.has(name))
      return `The credential ${name} of this deployment cannot be opened: it was sealed with another key (LITELLM_SALT_KEY, else the master key). Store its values again.`
    return `There is no credential ${name}, which this deployment names. Make it (POST /credentials), or add it to credential_list.`
  }

  async #read(): Promise<void> {
    const { store, secret } = this.#options
    const sealedWith = secret()
    // Read before the rows: a change in between is then read twice, and never missed.
    const version = await store.version()
    if (version === this.#version && sealedWith === this.#secret) return
    const rows = await store.all()
    const sealer = sealedWith === undefined ? undefined : new Sealer(sealedWith)
    this.#known = new Map(rows.map(row => [row.credentialName, this.#opened(row, sealer)]))
    this.#version = version
    this.#secret = sealedWith
    this.#onChange()
  }

  #opened(row: CredentialRow, sealer: Sealer | undefined): JsonObject | undefined {
    const values = openValues(row, sealer)
    const closed = Object.keys(values).filter(field => values[field] === undefined)
    if (closed.length === 0) return values
    const told = { credential: row.credentialName, fields: closed }
    this.#options.log.warn(told, 'a stored credential cannot be opened: it was sealed with another key')
    return undefined
  }
}
