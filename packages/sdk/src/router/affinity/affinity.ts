import type { Deployment } from '../../types/deployment.ts'
import type { JsonObject } from '../../types/json.ts'

/** Reasons to ask the deployment that was asked before. */
export type AffinityName = 'encrypted-content' | 'session' | 'prompt-cache' | 'deployment'

/** The call as affinities see it. */
export interface AffinityAsk {
  readonly group: string
  readonly request: JsonObject
  readonly sessionId: string | undefined
  /** Hash of the caller's key; a bare SDK has none. */
  readonly keyHash: string | undefined
  /** Estimated once, when first asked. */
  inputTokens(): number
}

/** One thing that a deployment may be remembered by: a hash, never what was hashed. */
export interface AffinityKey {
  readonly key: string | number
  /** Tokens the deployment need not read again; 0 where nothing but the habit would be lost. */
  readonly tokens: number
}

/** What one call may be remembered by. */
export interface AffinityKeys {
  /** Asked in this order; the first that is known counts. */
  readonly lookUp: readonly AffinityKey[]
  readonly remember: readonly RememberedKey[]
}

export interface RememberedKey {
  readonly key: string | number
  /** Other replicas are told of it. */
  readonly told: boolean
}

/** One reason, as a rule. Pure: what is known lies in the memory. */
export interface Affinity {
  readonly name: AffinityName
  /** The most deployments that one key remembers. */
  readonly most: number
  /** Undefined when the call has nothing of the kind. */
  keysOf(ask: AffinityAsk): AffinityKeys | undefined
  /** For what the call itself says: which deployments it belongs to. Nothing is remembered then. */
  match?(ask: AffinityAsk): ((deployment: Deployment) => boolean) | undefined
}
