import type { JsonObject } from '../../types/json.ts'
import type { Newswire } from '../news/newswire.ts'
import type { Affinity, AffinityName } from './affinity.ts'
import { AffinityMemory } from './affinity-memory.ts'
import { deployment } from './deployment.ts'
import { encryptedContent } from './encrypted-content.ts'
import { promptCache } from './prompt-cache.ts'
import { session } from './session.ts'

/** The narrowest first: a session may be of many prompts, and a key of many sessions. */
const AFFINITIES: readonly Affinity[] = [encryptedContent, session, promptCache, deployment]

/** Providers keep a prompt for about five minutes after its last use. */
const CACHE_MS = 300_000
const HABIT_MS = 3_600_000
/** Longer than any key of ours: what others tell is not trusted to be short. */
const LONGEST = 200
const TOPIC = 'affinity'

export interface AffinitySettings {
  /** What keeps calls at the deployment they were at; nothing unless stated. */
  readonly affinity?: readonly AffinityName[] | undefined
  /** The same by group; a group named here goes by its own list alone. */
  readonly groupAffinity?: ReadonlyMap<string, readonly AffinityName[]> | undefined
  /** Milliseconds that sessions and keys are remembered; an hour unless stated. Prompts: five minutes, always. */
  readonly affinityTtlMs?: number | undefined
}

/** One affinity with what it knows. */
export interface Remembering {
  readonly rule: Affinity
  readonly ttlMs: number
  readonly memory: AffinityMemory
  readonly news: Newswire | undefined
}

/** What each affinity knows, here and told by other replicas. Survives a change of settings. */
export class Affinities {
  private readonly memories: Map<AffinityName, AffinityMemory>
  private readonly byGroup = new Map<string, readonly Remembering[]>()
  private readonly everywhere: readonly Remembering[]
  private readonly news: Newswire | undefined
  /** The wire that is listened to already; a reload may bring the first one. */
  private readonly heard: Newswire | undefined
  private readonly settings: AffinitySettings

  constructor(
    settings: AffinitySettings,
    news: Newswire | undefined,
    now: () => number,
    previous: Affinities | undefined,
  ) {
    this.settings = settings
    this.news = news
    this.memories = previous?.memories ?? new Map<AffinityName, AffinityMemory>()
    this.everywhere = this.remembering(settings.affinity ?? [])
    for (const [group, names] of settings.groupAffinity ?? [])
      this.byGroup.set(group, this.remembering(names))
    this.heard = previous?.heard
    if (!this.isOn || news === undefined || news === this.heard) return
    this.heard = news
    news.subscribe(TOPIC, told => this.hear(told.key, told.value, told.ttlMs, now()))
  }

  /** False when nobody asks for any. */
  get isOn(): boolean {
    return this.memories.size > 0
  }

  /** What holds for a group, the narrowest first. */
  of(group: string): readonly Remembering[] {
    return this.byGroup.get(group) ?? this.everywhere
  }

  private remembering(names: readonly AffinityName[]): readonly Remembering[] {
    return AFFINITIES.filter(({ name }) => names.includes(name)).map(rule => {
      const memory = this.memories.get(rule.name) ?? new AffinityMemory()
      this.memories.set(rule.name, memory)
      return { rule, memory, ttlMs: this.ttlOf(rule), news: this.news }
    })
  }

  private ttlOf({ name }: Affinity): number {
    return name === 'prompt-cache' ? CACHE_MS : (this.settings.affinityTtlMs ?? HABIT_MS)
  }

  private hear(told: string, value: JsonObject | null, ttlMs: number, now: number): void {
    const rule = AFFINITIES.find(({ name }) => told.startsWith(`${name}:`))
    const memory = rule && this.memories.get(rule.name)
    const deploymentId = value?.deployment
    if (!memory || typeof deploymentId !== 'string' || told.length > LONGEST) return
    const text = told.slice(rule.name.length + 1)
    const key = rule.name === 'prompt-cache' ? Number.parseInt(text, 36) : text
    memory.remember(key, deploymentId, now, Math.min(ttlMs, this.ttlOf(rule)), rule.most)
  }
}

/** Remembers a deployment by a key, and tells the other replicas where that is news. */
export function remember(
  { rule, memory, ttlMs, news }: Remembering,
  key: string | number,
  told: boolean,
  deploymentId: string,
  now: number,
): void {
  const isNews = memory.remember(key, deploymentId, now, ttlMs, rule.most)
  if (!isNews || !told) return
  const name = typeof key === 'number' ? key.toString(36) : key
  news?.publish({ topic: TOPIC, key: `${rule.name}:${name}`, value: { deployment: deploymentId }, ttlMs })
}
