import type { Deployment } from 'sluice/internal'
import type { AccountCache } from '../../auth/account-cache.ts'
import type { Settings } from '../../config/settings.ts'
import type { AccountStore } from '../../db/accounts/account-store.ts'

export interface TagModelsOptions {
  readonly store: Pick<AccountStore, 'list'>
  readonly accounts: Pick<AccountCache, 'generation'>
  readonly settings: () => Pick<Settings, 'router'>
}

type TagsOf = ReadonlyMap<string, readonly string[]>

/** Tags with models that are looked at; who makes more gets deployments by the first of them alone. */
const MOST = 10_000
const NONE: TagsOf = new Map()

/**
 * Which deployments the `models` of tags mean (`/tag/new`), for tag routing: LiteLLM writes a tag into the deployments
 * it names, and so it is laid over them here. Nothing is read while `enable_tag_filtering` is off.
 */
export class TagModels {
  readonly #options: TagModelsOptions
  #generation: number | undefined
  /** A deployment's id, or the name of its group → tags. */
  #tags: TagsOf = NONE
  #onChange: () => void = () => {}

  constructor(options: TagModelsOptions) {
    this.#options = options
  }

  /** Calls `onChange` whenever `applyTo` would say something else. */
  watch(onChange: () => void): void {
    this.#onChange = onChange
  }

  /** Catches up where any account changed; until then what was read last holds. */
  async sync(): Promise<void> {
    const { store, accounts, settings } = this.#options
    const { generation } = accounts
    if (settings().router.enableTagFiltering !== true || generation === this.#generation) return
    const { rows } = await store.list({ kind: 'tag', hasModels: true, sortBy: 'id', page: 1, size: MOST })
    this.#generation = generation
    const tags = new Map<string, string[]>()
    for (const { id, models } of rows)
      for (const model of models) tags.set(model, [...(tags.get(model) ?? []), id])
    if (JSON.stringify([...tags]) === JSON.stringify([...this.#tags])) return
    this.#tags = tags
    this.#onChange()
  }

  /** The same settings, their deployments with the tags that name them. */
  applyTo(settings: Settings): Settings {
    if (settings.router.enableTagFiltering !== true || this.#tags.size === 0) return settings
    return { ...settings, deployments: settings.deployments.map(each => this.#tagged(each)) }
  }

  #tagged(deployment: Deployment): Deployment {
    const { id, group, tags = [] } = deployment
    const more = [...(this.#tags.get(id) ?? []), ...(this.#tags.get(group) ?? [])]
    return more.length === 0 ? deployment : { ...deployment, tags: [...new Set([...tags, ...more])] }
  }
}
