import type { CallSeries, Histogram } from './call-series.ts'

/** One of LiteLLM's per-call metrics. */
export interface CallMetric {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'histogram'
  readonly labels: readonly string[]
  readonly read: (series: CallSeries) => number | Histogram
  /** Leaves out series that the metric does not count. */
  readonly when?: (series: CallSeries) => boolean
}

const WHO = ['end_user', 'hashed_api_key', 'api_key_alias', 'team', 'team_alias', 'user'] as const
const CALLED = ['user_email', 'route', 'client_ip', 'user_agent', 'model_id'] as const
const DEPLOYED = [
  'requested_model',
  'litellm_model_name',
  'model_id',
  'api_base',
  'api_provider',
  'hashed_api_key',
  'api_key_alias',
  'team',
  'team_alias',
  'client_ip',
  'user_agent',
] as const
const TOKENS = [...WHO, 'model', 'user_email', 'requested_model', 'model_id'] as const
const SPENT = [...WHO, 'model', 'user_email', 'client_ip', 'user_agent', 'model_id'] as const
const API = [
  'model',
  'hashed_api_key',
  'api_key_alias',
  'team',
  'team_alias',
  'requested_model',
  'end_user',
  'user',
  'model_id',
] as const

const reached = (series: CallSeries) => series.labels.model_id !== 'None'
const failed = (series: CallSeries) => series.failures > 0

/** LiteLLM's names, types and labels; counters carry the `_total` its client library appends. */
export const CALL_METRICS: readonly CallMetric[] = [
  {
    name: 'litellm_proxy_total_requests_metric_total',
    help: 'Requests received.',
    type: 'counter',
    labels: [...WHO, 'requested_model', 'status_code', ...CALLED],
    read: series => series.requests,
  },
  {
    name: 'litellm_proxy_failed_requests_metric_total',
    help: 'Requests that failed.',
    type: 'counter',
    labels: [...WHO, 'requested_model', 'exception_status', 'exception_class', ...CALLED],
    read: series => series.failures,
    when: failed,
  },
  {
    name: 'litellm_requests_metric_total',
    help: 'Calls made.',
    type: 'counter',
    labels: SPENT,
    read: series => series.requests,
    when: reached,
  },
  {
    name: 'litellm_spend_metric_total',
    help: 'Spend in US dollars.',
    type: 'counter',
    labels: SPENT,
    read: series => series.spendNanoUsd / 1e9,
    when: reached,
  },
  {
    name: 'litellm_total_tokens_metric_total',
    help: 'Input and output tokens.',
    type: 'counter',
    labels: TOKENS,
    read: series => series.inputTokens + series.outputTokens,
    when: reached,
  },
  {
    name: 'litellm_input_tokens_metric_total',
    help: 'Input tokens.',
    type: 'counter',
    labels: TOKENS,
    read: series => series.inputTokens,
    when: reached,
  },
  {
    name: 'litellm_output_tokens_metric_total',
    help: 'Output tokens.',
    type: 'counter',
    labels: TOKENS,
    read: series => series.outputTokens,
    when: reached,
  },
  {
    name: 'litellm_cached_tokens_metric_total',
    help: "Input tokens read from the provider's cache.",
    type: 'counter',
    labels: [
      'model',
      'hashed_api_key',
      'api_key_alias',
      'team',
      'team_alias',
      'end_user',
      'user',
      'model_id',
    ],
    read: series => series.cachedTokens,
    when: reached,
  },
  {
    name: 'litellm_deployment_total_requests_total',
    help: 'Calls per deployment.',
    type: 'counter',
    labels: DEPLOYED,
    read: series => series.requests,
    when: reached,
  },
  {
    name: 'litellm_deployment_success_responses_total',
    help: 'Calls per deployment that succeeded.',
    type: 'counter',
    labels: DEPLOYED,
    read: series => series.requests - series.failures,
    when: reached,
  },
  {
    name: 'litellm_deployment_failure_responses_total',
    help: 'Calls per deployment that failed.',
    type: 'counter',
    labels: [...DEPLOYED, 'exception_status', 'exception_class'],
    read: series => series.failures,
    when: series => reached(series) && failed(series),
  },
  {
    name: 'litellm_request_total_latency_metric',
    help: 'Seconds from request to last byte.',
    type: 'histogram',
    labels: [...WHO, 'requested_model', 'model', 'model_id'],
    read: series => series.latency,
  },
  {
    name: 'litellm_llm_api_latency_metric',
    help: 'Seconds spent waiting for the provider.',
    type: 'histogram',
    labels: API,
    read: series => series.apiLatency,
    when: reached,
  },
  {
    name: 'litellm_llm_api_time_to_first_token_metric',
    help: 'Seconds to the first token of streams.',
    type: 'histogram',
    labels: API,
    read: series => series.firstToken,
    when: reached,
  },
  {
    name: 'litellm_overhead_latency_metric',
    help: 'Seconds spent in the gateway itself. Streams are left out.',
    type: 'histogram',
    labels: [
      'model_group',
      'api_provider',
      'api_base',
      'litellm_model_name',
      'hashed_api_key',
      'api_key_alias',
      'model_id',
    ],
    read: series => series.overhead,
    when: reached,
  },
]
