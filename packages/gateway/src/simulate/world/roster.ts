import type { Deployment } from 'sluice/internal'
import type { LoggedCall, LoggedDeployment } from '../log/logged-call.ts'

/** Deployments of a log that are told apart; what comes after them counts as one. */
const MOST_DEPLOYMENTS = 1_000
const MOST_GROUPS = 5_000

const OTHERS: LoggedDeployment = { id: '', provider: '', model: 'others', apiBase: '' }

/** The deployments a log names, and the groups that led to them. */
export class Roster {
  readonly deployments = new Map<string, LoggedDeployment>()
  private readonly groups = new Map<string, Set<string>>()
  private readonly byId = new Map<string, string>()

  see({ deployment, group }: LoggedCall): void {
    if (deployment === undefined) return
    const key = this.admit(deployment)
    const members = this.groups.get(group)
    if (members) members.add(key)
    else if (this.groups.size < MOST_GROUPS) this.groups.set(group, new Set([key]))
  }

  keyOf(deployment: LoggedDeployment): string {
    const key = written(deployment)
    return this.deployments.has(key) ? key : written(OTHERS)
  }

  /** The deployment of an id, the first that was seen where an id has many models. */
  keyOfId(id: string): string | undefined {
    return this.byId.get(id)
  }

  membersOf(group: string): readonly string[] {
    return [...(this.groups.get(group) ?? [])]
  }

  private admit(deployment: LoggedDeployment): string {
    const isFull = this.deployments.size >= MOST_DEPLOYMENTS && !this.deployments.has(written(deployment))
    const admitted = isFull ? OTHERS : deployment
    const key = written(admitted)
    this.deployments.set(key, admitted)
    if (admitted.id !== '' && !this.byId.has(admitted.id)) this.byId.set(admitted.id, key)
    return key
  }
}

function written({ id, provider, model, apiBase }: LoggedDeployment): string {
  return [id, provider, model, id === '' ? apiBase : ''].join('\0')
}

/** How a configured deployment was found in the log, the surest first. */
export type MatchedBy = 'id' | 'address' | 'model' | 'group' | 'log' | 'nothing'

/** An id that is made of a deployment's parameters: the same id is the same deployment. */
const DERIVED_ID = /^[0-9a-f]{64}$/

/** The deployments of the log that one of the configuration is taken for. */
export function matchesOf(
  deployment: Deployment,
  base: string,
  roster: Roster,
): { readonly by: MatchedBy; readonly keys: readonly string[] } {
  const { id, provider, model, group } = deployment
  const keysOf = (isSame: (logged: LoggedDeployment) => boolean) =>
    [...roster.deployments].filter(([, logged]) => isSame(logged)).map(([key]) => key)
  const host = hostOf(base)
  const isModel = (logged: LoggedDeployment) => logged.provider === provider && logged.model === model
  const stages: readonly (readonly [MatchedBy, () => readonly string[]])[] = [
    ['id', () => keysOf(logged => logged.id === id && (logged.model === model || DERIVED_ID.test(id)))],
    ['address', () => keysOf(logged => isModel(logged) && isSameHost(hostOf(logged.apiBase), host))],
    ['model', () => keysOf(isModel)],
    ['group', () => roster.membersOf(group)],
    ['log', () => [...roster.deployments.keys()]],
  ]
  for (const [by, find] of stages) {
    const keys = find()
    if (keys.length > 0) return { by, keys }
  }
  return { by: 'nothing', keys: [] }
}

/** A log may leave the provider's own address out. */
function isSameHost(a: string, b: string): boolean {
  return a === b || a === '' || b === ''
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : ''
}
