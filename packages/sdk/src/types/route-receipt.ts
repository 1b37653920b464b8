/** What happened between the name a caller asked for and the deployment that answered. */
export interface RouteReceipt {
  /** The groups that were asked, in order: the first, then fallbacks. */
  readonly visits: RouteVisit[]
  /** The cheapest other deployment that could have been asked; only where the caller asked for an explanation. */
  cheapest?: CheapestAlternative | undefined
}

export interface CheapestAlternative {
  readonly deploymentId: string
  readonly nanoUsd: number
}

export interface RouteVisit {
  readonly group: string
  /** Why the group before it was left: the error's name. Absent for the first group. */
  readonly because?: string | undefined
  readonly strategy: string
  /** How many deployments the group has. */
  readonly candidates: number
  /** Deployments that could not be chosen, the first twenty of them; a deployment may appear once per attempt. */
  readonly ruledOut: RuledOut[]
  /** How many rulings there were, those not listed included. */
  ruledOutCount: number
  readonly attempts: RouteAttempt[]
}

export interface RuledOut {
  readonly deploymentId: string
  /** The rule's name: `circuit`, `context-window`, `tags` … */
  readonly by: string
  readonly reason: string
}

export interface RouteAttempt {
  readonly deploymentId: string
  /** Milliseconds, to the first output of a stream. */
  durationMs: number
  /** HTTP status from the provider; absent when no answer came. */
  status?: number | undefined
  /** The error's name; absent for the attempt that answered, unless its answer broke off. */
  error?: string | undefined
  /** Milliseconds its deployment is left alone after it. */
  restMs?: number | undefined
  /** It was the one request that shows whether a resting deployment is well again. */
  readonly probe?: true
  /** It was sent beside the attempt before it, which was slow. */
  readonly hedge?: true
  /** Another attempt answered first. */
  cancelled?: true
  /** What was known of where calls like this one went before. */
  readonly affinity?: RouteAffinity | undefined
  /** It goes on with an answer that broke off elsewhere. */
  readonly continues?: true
  /** Milliseconds waited before the attempt: for a retry, or for a free place. */
  waitedMs?: number | undefined
}

export interface RouteAffinity {
  /** What the deployment was preferred by: `session`, `prompt-cache`, `deployment`. */
  readonly by: string
  /** Why another one was asked all the same; absent when the preferred one was. */
  readonly left?: string | undefined
}
