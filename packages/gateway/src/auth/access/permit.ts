import { createError } from 'sluice/internal'
import type { AccountStore } from '../../db/accounts/account-store.ts'
import type { Caller } from '../caller.ts'
import type { AccessRule, Reach } from './access-rule.ts'
import { type Powers, powersOf } from './powers.ts'

/** To whom an object belongs. */
export interface Owner {
  readonly userId?: string | null | undefined
  readonly teamId?: string | null | undefined
  readonly organizationId?: string | null | undefined
  /** Of a key: what it is itself may be read with it. */
  readonly keyHash?: string | undefined
}

/** Whose objects a list may show; `any` shows all. */
export type Scope =
  | 'any'
  | {
      readonly userId: string | undefined
      readonly teamIds: readonly string[]
      readonly organizationIds: readonly string[]
    }

/** One caller at one route of the management: which objects it reaches, and what it may say of them. */
export class Permit {
  readonly #caller: Caller
  readonly #route: string
  readonly #rule: AccessRule
  readonly #store: Pick<AccountStore, 'list' | 'findMany'>
  #powers: Promise<Powers> | undefined

  /** `route`: method and path, as in the table. */
  constructor(
    caller: Caller,
    route: string,
    rule: AccessRule,
    store: Pick<AccountStore, 'list' | 'findMany'>,
  ) {
    this.#caller = caller
    this.#route = route
    this.#rule = rule
    this.#store = store
  }

  /**
   * How the caller reaches an object. Throws `PermissionDeniedError` when it does not, or when `body` has a field that
   * this reach may not send; rejects with `ServiceUnavailableError` when memberships cannot be read.
   */
  async reach(owner: Owner, body?: Readonly<Record<string, unknown>>): Promise<Reach> {
    const reach = await this.#reachOf(owner)
    if (reach === undefined) throw this.#refused('This object belongs to somebody else.')
    const allowed = this.#caller.role === 'proxy_admin' ? undefined : this.#rule.fields?.[reach]
    if (allowed === undefined || body === undefined) return reach
    const field = Object.keys(body).find(name => body[name] !== undefined && !allowed.includes(name))
    if (field === undefined) return reach
    throw this.#refused(`The field \`${field}\` may only be set by an admin above you.`, field)
  }

  /** Whose objects a list of this route may show. */
  async scope(): Promise<Scope> {
    const { role, record } = this.#caller
    if (role === 'proxy_admin' || this.#rule.any?.includes(role)) return 'any'
    const powers = await this.#powersNow()
    const teams = this.#rule.team ? [...powers.teams] : []
    const members = [...powers.memberOf].filter(([, routes]) => this.#isGranted(routes)).map(([id]) => id)
    return {
      userId: this.#rule.own?.includes(role) ? record.userId : undefined,
      teamIds: [...new Set([...teams, ...members])],
      organizationIds: this.#rule.organization ? [...powers.organizations] : [],
    }
  }

  async #reachOf({ userId, teamId, organizationId, keyHash }: Owner): Promise<Reach | undefined> {
    const { role, record } = this.#caller
    const rule = this.#rule
    if (role === 'proxy_admin' || rule.any?.includes(role)) return 'any'
    const isOwn = rule.own?.includes(role) === true
    if (isOwn && keyHash !== undefined && keyHash === record.keyHash) return 'own'
    const powers = await this.#powersNow()
    if (rule.organization && powers.organizations.size > 0) {
      const ids = [organizationId, await this.#organizationOf(teamId)]
      if (ids.some(id => id != null && powers.organizations.has(id))) return 'organization'
    }
    if (teamId != null) {
      if (rule.team && powers.teams.has(teamId)) return 'team'
      const routes = powers.memberOf.get(teamId)
      if (routes !== undefined && this.#isGranted(routes)) return 'member'
      // What belongs to a team is the team's, whoever's name is on it; its holder may look.
      if (!this.#route.startsWith('GET ')) return undefined
    }
    return isOwn && userId != null && userId === record.userId ? 'own' : undefined
  }

  #isGranted(routes: readonly string[]): boolean {
    const { member } = this.#rule
    return member === 'always' || (member === 'granted' && routes.includes(pathOf(this.#route)))
  }

  #powersNow(): Promise<Powers> {
    this.#powers ??= powersOf(this.#caller, this.#store)
    return this.#powers
  }

  async #organizationOf(teamId: string | null | undefined): Promise<string | null | undefined> {
    if (teamId == null) return undefined
    const [team] = await this.#store.findMany([{ kind: 'team', id: teamId }])
    return team?.organizationId
  }

  #refused(why: string, param?: string) {
    return createError({
      kind: 'permission',
      type: 'auth_error',
      param,
      message: `You are not allowed to do this. ${why} Route=${pathOf(this.#route)}. Your role=${this.#caller.role}.`,
    })
  }
}

/** LiteLLM's spelling in `team_member_permissions`: `/key/{key_id}/reset_spend`, and one name for both to regenerate. */
function pathOf(route: string): string {
  const path = route.slice(route.indexOf(' ') + 1)
  return path === '/key/:key/regenerate' ? '/key/regenerate' : path.replace('/key/:key/', '/key/{key_id}/')
}
