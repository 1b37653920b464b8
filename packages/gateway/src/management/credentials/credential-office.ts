import type { FastifyRequest } from 'fastify'
import { badRequest, createError, type RouteTable } from 'sluice/internal'
import type { Settings } from '../../config/settings.ts'
import { type CredentialRow, MOST_CREDENTIALS } from '../../db/credentials/credential-store.ts'
import type { Database } from '../../db/database.ts'
import type { Audit } from '../audit/audit-log.ts'
import { authorOf } from '../protect-routes.ts'
import type { CredentialBook } from './credential-book.ts'
import type { CredentialUpdate, NewCredential } from './credential-schemas.ts'
import { maskValue } from './mask-value.ts'
import { openValues } from './open-values.ts'
import { Sealer } from './sealer.ts'
import { sealingSecret } from './sealing-secret.ts'
import { valuesOf } from './with-values.ts'

export interface CredentialServices {
  readonly database: Pick<Database, 'credentials'>
  readonly audit: Audit
  readonly credentials: Pick<CredentialBook, 'sync'>
  readonly settings: () => Settings
  readonly routes: () => Pick<RouteTable, 'groups'>
  readonly now: () => number
}

type Values = Readonly<Record<string, unknown>>

const TABLE = 'LiteLLM_CredentialsTable'

/** The rules of stored credentials. A change holds here when it is answered, elsewhere within a second. */
export class CredentialOffice {
  readonly #services: CredentialServices

  constructor(services: CredentialServices) {
    this.#services = services
  }

  /** Throws `ConflictError` when the name is taken; `NotFoundError` for a deployment that is not there. */
  async create(body: NewCredential, request: FastifyRequest): Promise<void> {
    const { database, audit, credentials, now } = this.#services
    const { credential_name: name, model_id: model, credential_values: given } = body
    const values = model == null ? (given ?? {}) : this.#valuesOfModel(model)
    const sealedValues = this.#sealed(name, values)
    if ((await database.credentials.find(name)) !== undefined) throw taken(name)
    if ((await database.credentials.all()).length >= MOST_CREDENTIALS) throw tooMany()
    const by = authorOf(request)
    const at = now()
    const authors = { createdAt: at, createdBy: by, updatedAt: at, updatedBy: by }
    const row = { credentialName: name, sealedValues, info: body.credential_info ?? {}, ...authors }
    await audit.together(async () => {
      await database.credentials.create(row)
      await audit.record({ action: 'created', table: TABLE, objectId: name, after: written(row), request })
    })
    await credentials.sync()
  }

  /** Values that are sent take the place of those of the same name. Throws `NotFoundError`. */
  async update(name: string, body: CredentialUpdate, request: FastifyRequest): Promise<void> {
    const { database, audit, credentials, now } = this.#services
    if (body.credential_name !== undefined && body.credential_name !== name)
      throw badRequest(
        'credential_name: a credential keeps its name. Make another one, and remove this.',
        'credential_name',
      )
    const changes = Object.entries(body.credential_values ?? {})
    const removed = new Set(changes.filter(([, value]) => value === null).map(([field]) => field))
    const sealed = this.#sealed(name, Object.fromEntries(changes.filter(([field]) => !removed.has(field))))
    await audit.together(async () => {
      const before = await this.#mustFind(name)
      const merged = Object.entries({ ...before.sealedValues, ...sealed })
      const sealedValues = Object.fromEntries(merged.filter(([field]) => !removed.has(field)))
      const info = { ...before.info, ...body.credential_info }
      const after = { ...before, sealedValues, info, updatedAt: now(), updatedBy: authorOf(request) }
      await database.credentials.update(after)
      const change = { action: 'updated', table: TABLE, objectId: name } as const
      const replaced = { ...written(after), replaced_values: changes.map(([field]) => field) }
      await audit.record({ ...change, before: written(before), after: replaced, request })
    })
    await credentials.sync()
  }

  /** Calls of deployments that name it fail from now on. Throws `NotFoundError`. */
  async remove(name: string, request: FastifyRequest): Promise<void> {
    const { database, audit, credentials } = this.#services
    await audit.together(async () => {
      const before = await this.#mustFind(name)
      await database.credentials.remove(name)
      const change = { action: 'deleted', table: TABLE, objectId: name } as const
      await audit.record({ ...change, before: written(before), request })
    })
    await credentials.sync()
  }

  /** All of them, as they may be shown. */
  async all() {
    const sealer = this.#sealer()
    return (await this.#services.database.credentials.all()).map(row => shown(row, sealer))
  }

  /** As it may be shown. Throws `NotFoundError`. */
  async byName(name: string) {
    return shown(await this.#mustFind(name), this.#sealer())
  }

  /** What a deployment signs with, as it may be shown. Throws `NotFoundError`. */
  byModel(id: string) {
    return { credential_name: id, credential_values: masked(this.#valuesOfModel(id)), credential_info: {} }
  }

  #valuesOfModel(id: string): Values {
    const deployment = this.#services
      .routes()
      .groups.all()
      .find(each => each.id === id)
    if (deployment !== undefined) return valuesOf(deployment)
    const message = `Model not found: ${id}. It is the id of a deployment (/model/info names them).`
    throw createError({ kind: 'not_found', param: 'model_id', message })
  }

  #sealer(): Sealer | undefined {
    const secret = sealingSecret(this.#services.settings())
    return secret === undefined ? undefined : new Sealer(secret)
  }

  #sealed(credential: string, values: Values): Record<string, string> {
    const sealer = this.#sealer()
    if (sealer === undefined) throw unsealable()
    const pairs = Object.entries(values)
    return Object.fromEntries(
      pairs.map(([field, value]) => [field, sealer.seal(value, { credential, field })]),
    )
  }

  async #mustFind(name: string): Promise<CredentialRow> {
    const row = await this.#services.database.credentials.find(name)
    if (row !== undefined) return row
    const message = `Credential not found: ${name}. GET /credentials names those there are.`
    throw createError({ kind: 'not_found', param: 'credential_name', message })
  }
}

function shown(row: CredentialRow, sealer: Sealer | undefined) {
  const values = masked(openValues(row, sealer))
  return { credential_name: row.credentialName, credential_values: values, credential_info: row.info }
}

function masked(values: Values): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([field, value]) => [field, maskValue(value)]))
}

/** For the audit: nothing of a value, not even its ends. */
function written(row: CredentialRow) {
  const fields = Object.keys(row.sealedValues).map(field => [field, maskValue(undefined)])
  return {
    credential_name: row.credentialName,
    credential_values: Object.fromEntries(fields) as Record<string, string>,
    credential_info: row.info,
  }
}

function taken(name: string) {
  const message = `Credential '${name}' already exists. Choose another name, or change it with PATCH /credentials/${name}.`
  return createError({ kind: 'conflict', retryable: false, param: 'credential_name', message })
}

function tooMany() {
  const message = `There are ${MOST_CREDENTIALS} credentials already. Remove those you no longer need.`
  return createError({ kind: 'conflict', retryable: false, message })
}

function unsealable() {
  const message =
    'There is nothing to seal credentials with, so none is stored. Set LITELLM_SALT_KEY, or a master key.'
  return badRequest(message)
}
