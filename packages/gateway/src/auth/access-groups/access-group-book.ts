import type { Deployment } from 'sluice/internal'
import type { AccessGroupRow, AccessGroupStore } from '../../db/access-groups/access-group-store.ts'

/** Access group → names of the model groups in it, wildcards among them. */
export type AccessGroups = ReadonlyMap<string, ReadonlySet<string>>

/** Which models each access group stands for, as the configuration and the database have it. */
export class AccessGroupBook {
  readonly #store: Pick<AccessGroupStore, 'all' | 'version'>
  #version: string | undefined
  #rows: readonly AccessGroupRow[] | undefined
  #derived:
    | { readonly rows: unknown; readonly deployments: unknown; readonly groups: AccessGroups }
    | undefined

  constructor(store: Pick<AccessGroupStore, 'all' | 'version'>) {
    this.#store = store
  }

  /** False until the database was read once: a name may then be a group that nobody here knows. */
  get isComplete(): boolean {
    return this.#rows !== undefined
  }

  /** Catches up with what was changed here and elsewhere; until then what was read last holds. */
  async sync(): Promise<void> {
    // Read before the rows: a change in between is then read twice, and never missed.
    const version = await this.#store.version()
    if (version === this.#version) return
    this.#rows = await this.#store.all()
    this.#version = version
  }

  /** By name and, where it is from the database, by id. The same map while nothing changed. */
  of(deployments: readonly Deployment[]): AccessGroups {
    if (this.#derived?.rows === this.#rows && this.#derived?.deployments === deployments)
      return this.#derived.groups
    const groups = configuredGroups(deployments)
    for (const { accessGroupId, accessGroupName, models, details } of this.#rows ?? []) {
      const named = new Set([...(groups.get(accessGroupName) ?? []), ...models])
      groups.set(accessGroupName, named)
      groups.set(accessGroupId, new Set(models))
      for (const [kind, ids] of [
        ['team', details['assigned_team_ids']],
        ['key', details['assigned_key_ids']],
      ] as const)
        for (const id of Array.isArray(ids) ? ids : []) add(groups, assignedTo(kind, String(id)), models)
    }
    this.#derived = { rows: this.#rows, deployments, groups }
    return groups
  }
}

/** What a key or a team has besides its own list: the groups that name it. No group's name holds a NUL. */
export function assignedTo(kind: 'team' | 'key', id: string): string {
  return `${kind}\0${id}`
}

function add(groups: Map<string, Set<string>>, name: string, models: readonly string[]): void {
  const known = groups.get(name) ?? new Set()
  for (const model of models) known.add(model)
  groups.set(name, known)
}

/** Groups that the configuration makes (`model_info.access_groups`). */
export function configuredGroups(deployments: readonly Deployment[]): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>()
  for (const { group, modelInfo } of deployments) {
    const listed = modelInfo?.['access_groups']
    if (!Array.isArray(listed)) continue
    for (const name of listed) {
      if (typeof name !== 'string') continue
      add(groups, name, [group])
    }
  }
  return groups
}
