import type { JsonObject } from './json.ts'

/** One way to reach one model: an entry of LiteLLM's `model_list`, in our own words. */
export interface Deployment {
  /** Stable id; clients may send it as `model` to hit exactly this deployment. */
  readonly id: string
  /** The public name (`model_name`); deployments of one group are balanced. */
  readonly group: string
  /** Provider name, a key of the provider registry. */
  readonly provider: string
  /** The provider's own model id. */
  readonly model: string
  readonly apiKey?: string | undefined
  /** A credential kept elsewhere that it takes values from (LiteLLM: `litellm_credential_name`). */
  readonly credentialName?: string | undefined
  /** Why it has no credential now, in a sentence; its calls fail with it, and the provider is not asked. */
  readonly outOfOrder?: string | undefined
  /** Overrides the provider's base URL. */
  readonly apiBase?: string | undefined
  readonly apiVersion?: string | undefined
  readonly organization?: string | undefined
  /** Headers sent upstream on every call. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Defaults merged under the caller's request (any key of `litellm_params` we do not own). */
  readonly params?: Readonly<JsonObject> | undefined
  /** Merged into the wire body last. */
  readonly extraBody?: Readonly<JsonObject> | undefined
  readonly dropParams?: boolean | undefined
  readonly modifyParams?: boolean | undefined
  readonly additionalDropParams?: readonly string[] | undefined
  readonly allowedOpenaiParams?: readonly string[] | undefined
  /** Milliseconds for the whole call. */
  readonly timeoutMs?: number | undefined
  /** Milliseconds to the first output of a stream. */
  readonly streamTimeoutMs?: number | undefined
  /** Milliseconds a stream may be silent. */
  readonly streamIdleTimeoutMs?: number | undefined
  readonly retries?: number | undefined
  readonly weight?: number | undefined
  readonly order?: number | undefined
  readonly rpm?: number | undefined
  readonly tpm?: number | undefined
  readonly maxParallelRequests?: number | undefined
  readonly cooldownMs?: number | undefined
  /** What may be spent at it in one period, dollars. */
  readonly maxBudget?: number | undefined
  /** LiteLLM's duration: `1h`, `1d`, `30d` … Absent: its budget never resets. */
  readonly budgetDuration?: string | undefined
  readonly tags?: readonly string[] | undefined
  /** Patterns on `User-Agent: …` that choose it in tag routing. */
  readonly tagPatterns?: readonly RegExp[] | undefined
  /** Groups that get a copy of each call of this deployment (LiteLLM: `silent_model`). */
  readonly silentModels?: readonly string[] | undefined
  /** Share of its calls that are copied; 1 unless stated. */
  readonly silentShare?: number | undefined
  /** LiteLLM's `region_name`. */
  readonly region?: string | undefined
  /** Times at which only some teams may use it. */
  readonly accessWindows?: readonly AccessWindow[] | undefined
  /** Largest file of a request, bytes. */
  readonly maxFileBytes?: number | undefined
  /** The price-list name when it differs from `model` (LiteLLM: `base_model`). */
  readonly baseModel?: string | undefined
  /** Prices and limits that override the catalogue, in LiteLLM's field names (`input_cost_per_token` …). */
  readonly modelInfo?: Readonly<JsonObject> | undefined
  /** A canned answer (LiteLLM: `mock_response`). */
  readonly mockResponse?: unknown
}

/** A time of the day at which a deployment is reserved for some teams. */
export interface AccessWindow {
  /** `HH:MM`; belongs to the window. */
  readonly start: string
  /** `HH:MM`; does not. Before `start` it is on the next day. */
  readonly end: string
  /** IANA name. */
  readonly timezone: string
  readonly teamIds: readonly string[]
}
