import { createError } from '../errors.ts'
import { resolveModel } from '../providers/naming/resolve.ts'
import type { Deployment } from '../types/deployment.ts'

export interface GroupAlias {
  readonly group: string
  /** Keeps the alias out of lists. */
  readonly hidden: boolean
}

/** Names remembered for wildcard matches; beyond it the memory starts anew. */
const MOST_NAMES = 10_000
/** Longer names are looked for again each time. */
const LONGEST_NAME = 1_024

/** Which deployments a name means: a group, an alias, a deployment's id, or the most specific wildcard. */
export class Groups {
  private readonly byName = new Map<string, Deployment[]>()
  private readonly byId = new Map<string, Deployment>()
  private readonly wildcards: { readonly pattern: string; readonly deployments: Deployment[] }[] = []
  private readonly matched = new Map<string, readonly Deployment[]>()
  private readonly aliases: ReadonlyMap<string, GroupAlias>
  private readonly providers: ReadonlyMap<string, unknown>

  constructor(
    deployments: readonly Deployment[],
    aliases: ReadonlyMap<string, GroupAlias>,
    providers: ReadonlyMap<string, unknown>,
  ) {
    this.aliases = aliases
    this.providers = providers
    for (const deployment of deployments) {
      this.byId.set(deployment.id, deployment)
      const group = this.byName.get(deployment.group)
      if (group) group.push(deployment)
      else this.byName.set(deployment.group, [deployment])
    }
    for (const [pattern, group] of this.byName)
      if (pattern.includes('*')) this.wildcards.push({ pattern, deployments: group })
    this.wildcards.sort((a, b) => literalLength(b.pattern) - literalLength(a.pattern))
  }

  /** Public names, aliases included, hidden ones not. */
  names(): string[] {
    const aliases = [...this.aliases].filter(([, alias]) => !alias.hidden).map(([name]) => name)
    return [...this.byName.keys(), ...aliases]
  }

  all(): readonly Deployment[] {
    return [...this.byId.values()]
  }

  /** The deployments of each group. */
  lists(): readonly (readonly Deployment[])[] {
    return [...this.byName.values()]
  }

  has(name: string): boolean {
    return this.find(name) !== undefined
  }

  /** The deployments behind a name; `undefined` when nothing answers to it. */
  find(asked: string): readonly Deployment[] | undefined {
    // What an alias stands for may be anything that can be asked for, but another alias.
    const name = this.aliases.get(asked)?.group ?? asked
    const exact = this.byName.get(name)
    if (exact) return exact
    const byId = this.byId.get(name)
    if (byId) return [byId]
    const known = this.matched.get(name)
    if (known) return known
    const matched = this.match(name)
    if (matched && name.length <= LONGEST_NAME) {
      if (this.matched.size >= MOST_NAMES) this.matched.clear()
      this.matched.set(name, matched)
    }
    return matched
  }

  /** As `find`, or `NotFoundError` in LiteLLM's words. */
  resolve(name: string): readonly Deployment[] {
    const found = this.find(name)
    if (found) return found
    throw createError({
      kind: 'not_found',
      message: `Invalid model name passed in model=${name}. Call \`/v1/models\` to view available models for your key.`,
      param: 'model',
      code: 'model_not_found',
    })
  }

  private match(name: string): readonly Deployment[] | undefined {
    for (const { pattern, deployments } of this.wildcards) {
      const stars = capture(pattern, name)
      if (stars === undefined) continue
      const filled = deployments
        .map(deployment => this.fill(deployment, stars, name))
        .filter(deployment => deployment !== undefined)
      if (filled.length > 0) return filled
    }
    return undefined
  }

  /** The deployment with the captured parts in its model, in a group of the asked name. A provider of `*` is read off it. */
  private fill(deployment: Deployment, stars: readonly string[], group: string): Deployment | undefined {
    let next = 0
    const model = deployment.model.replaceAll('*', () => stars[next++] ?? '')
    if (deployment.provider !== '*') return { ...deployment, group, model }
    try {
      return { ...deployment, group, ...resolveModel(model, this.providers, undefined, deployment.apiBase) }
    } catch {
      // A catch-all group does not know this name; the caller hears "invalid model name".
      return undefined
    }
  }
}

function literalLength(pattern: string): number {
  return pattern.replaceAll('*', '').length
}

/** What each `*` of the pattern stands for in `name`; `undefined` when it does not match. Linear, no backtracking. */
export function capture(pattern: string, name: string): string[] | undefined {
  const parts = pattern.split('*')
  const first = parts[0] as string
  const last = parts.at(-1) as string
  if (parts.length === 1) return pattern === name ? [] : undefined
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length)
    return undefined
  const stars: string[] = []
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at)
    if (found === -1 || found + part.length > name.length - last.length) return undefined
    stars.push(name.slice(at, found))
    at = found + part.length
  }
  stars.push(name.slice(at, name.length - last.length))
  return stars
}
