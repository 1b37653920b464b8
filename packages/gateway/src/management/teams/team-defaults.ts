import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Settings, TeamDefaults } from '../../config/settings.ts'
import type { FactStore } from '../../db/database.ts'
import { nameList } from '../accounts/account-fields.ts'
import type { Audit } from '../audit/audit-log.ts'
import { limitFields } from '../limit-fields.ts'
import { checkPermissions } from './member-permissions.ts'
import type { TeamBody } from './team-schemas.ts'

export interface TeamDefaultsServices {
  readonly settings: () => Settings
  readonly database: { readonly facts: FactStore }
  readonly audit: Audit
}

const FACT = 'default_team_params'

const { max_budget, budget_duration, tpm_limit, rpm_limit } = limitFields

export const TeamDefaultsBody = z.strictObject({
  ...{ max_budget, budget_duration, tpm_limit, rpm_limit },
  models: nameList.nullish(),
  team_member_permissions: z.array(z.string()).nullish(),
})
type DefaultsBody = z.infer<typeof TeamDefaultsBody>

const DESCRIPTIONS: Readonly<Record<keyof DefaultsBody, readonly [type: string, description: string]>> = {
  models: ['array', 'Models of teams that signing in makes; other teams have all unless stated'],
  max_budget: ['number', 'Budget of new teams, US dollars'],
  budget_duration: ['string', 'Its period, such as 30d'],
  tpm_limit: ['integer', 'Tokens a minute of new teams'],
  rpm_limit: ['integer', 'Requests a minute of new teams'],
  team_member_permissions: ['array', 'Routes that members of new teams may call'],
}

/** What new teams get where nobody says otherwise: `default_team_params` of the file, and what was set since. */
export class DefaultTeamParams {
  readonly #services: TeamDefaultsServices

  constructor(services: TeamDefaultsServices) {
    this.#services = services
  }

  async read(): Promise<TeamDefaults> {
    const { settings, database } = this.#services
    const stored = await database.facts.read(FACT)
    return {
      ...settings().teams.defaults,
      ...(stored === undefined ? {} : (JSON.parse(stored) as TeamDefaults)),
    }
  }

  /** Null takes a default away; what the body does not name stays. */
  async update(body: DefaultsBody, request: FastifyRequest): Promise<TeamDefaults> {
    checkPermissions(body.team_member_permissions ?? [])
    const { database, audit } = this.#services
    return await audit.together(async () => {
      const before = await this.read()
      const after = { ...before, ...body } as TeamDefaults
      await database.facts.write(FACT, JSON.stringify(after))
      await audit.record({
        ...{ action: 'updated' as const, table: 'LiteLLM_Config', objectId: FACT },
        ...{ before, after, request },
      })
      return after
    })
  }

  /** A new team's body with the defaults where it says nothing. Models are for teams that signing in makes. */
  async fill<B extends TeamBody>(body: B): Promise<B> {
    const { models: _, ...defaults } = await this.read()
    const said = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
    return { ...defaults, ...said } as B
  }
}

/** LiteLLM's answer: the values, and what a form needs to know of them. */
export function defaultsAnswer(values: TeamDefaults) {
  return {
    values: Object.fromEntries(
      Object.keys(DESCRIPTIONS).map(name => [name, values[name as keyof TeamDefaults] ?? null]),
    ),
    field_schema: {
      description: 'What new teams get where nobody says otherwise',
      properties: Object.fromEntries(
        Object.entries(DESCRIPTIONS).map(([name, [type, description]]) => [name, { type, description }]),
      ),
    },
  }
}
