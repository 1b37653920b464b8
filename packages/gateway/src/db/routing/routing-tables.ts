/** Weights an operator set while gateways ran. */
export interface DeploymentWeightsTable {
  model_id: string
  weight: number
  updated_at: number
  updated_by: string | null
}

/** The last time each deployment was held at its least factor. */
export interface DeploymentRollbacksTable {
  model_id: string
  since: number
  until: number
  reason: string
}

/** How each deployment did in a slot of time, all replicas together. */
export interface DeploymentOutcomesTable {
  model_id: string
  /** Milliseconds since the epoch, at the slot's beginning. */
  slot: number
  attempts: number
  failures: number
}

/** One score of a name, by one key, for one call. */
export interface FeedbackTable {
  request_id: string
  name: string
  api_key: string
  score: number
  comment: string | null
  model_group: string
  model_id: string | null
  created_at: number
  updated_at: number
}
