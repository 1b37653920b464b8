import { cacheParams } from './cache-params.ts'
import { costDiscounts, costMargins } from './cost-terms.ts'
import { fallbacks } from './fallbacks.ts'
import { callbackNames } from './features.ts'
import { newUserParams } from './jwt-auth.ts'
import { keyGenerationSettings, upperBounds } from './key-generation.ts'
import { priorityRules, priorityShares } from './priorities.ts'
import { objectOf } from './read-section.ts'
import { accepted, type Section, unenforced, works } from './row.ts'
import { tagBudget } from './tag-budget.ts'
import { teamDefaults } from './team-defaults.ts'
import {
  amount,
  anyList,
  anything,
  budget,
  duration,
  flag,
  list,
  map,
  object,
  positiveSeconds,
  scalar,
  seconds,
  text,
  timeZone,
  whole,
} from './types.ts'

const loggerConfig = (doc: string) => accepted(object, doc)
const transport = (doc: string) => accepted(anything, doc)
const hook = (doc: string) => unenforced(anything, doc)
const redaction = (doc: string) => unenforced(flag, doc)

const bucket = scalar('a number > 0', '0.5', node =>
  node.kind === 'scalar' && typeof node.value === 'number' && node.value > 0 ? node.value : undefined,
)

/** Settings of calls in general. */
export const litellmSettings = {
  name: 'litellm_settings',
  doc: 'Calls in general: parameters, retries, callbacks, budgets of the whole proxy.',
  patterns: [
    {
      shown: '`*_callback_params`, `*_params` of loggers',
      matches: key => key.endsWith('_callback_params'),
      row: loggerConfig('Settings of one logger.'),
    },
  ],
  rows: {
    success_callback: works(
      callbackNames,
      'Loggers called after a success; only `prometheus` exists yet.',
      'telemetry.callbacks',
    ),
    failure_callback: works(
      callbackNames,
      'Loggers called after a failure; only `prometheus` exists yet.',
      'telemetry.callbacks',
    ),
    callbacks: works(
      callbackNames,
      'Loggers called after every call; only `prometheus` exists yet, and it is always on: `/metrics`.',
      'telemetry.callbacks',
    ),
    service_callbacks: accepted(list(text), 'Loggers of the state of Redis and the database.'),
    audit_log_callbacks: accepted(list(text), 'Loggers of the audit log.'),
    turn_off_message_logging: redaction('Keep prompts and answers out of loggers.'),
    redact_user_api_key_info: redaction('Keep key, user and team ids out of logs.'),
    redact_messages_in_exceptions: redaction('Keep messages out of exceptions and alerts.'),
    langfuse_default_tags: accepted(list(text), 'Fields that become tags.'),
    store_audit_logs: works(
      flag,
      'Write down every change by management; on unless set to false (LiteLLM: off).',
      'audit.isOn',
    ),
    json_logs: accepted(flag, 'Write logs as JSON; they always are.'),
    telemetry: works(flag, 'Nothing is ever sent home; the switch of old is understood.'),
    log_raw_request_response: accepted(flag, 'Log what providers are sent and answer.'),
    return_response_headers: accepted(flag, "Return the provider's headers."),
    set_verbose: works(flag, 'Log in detail.', 'telemetry.logLevel'),
    request_timeout: works(
      positiveSeconds,
      'Seconds for a whole call; `router_settings.timeout` wins.',
      'router.timeoutMs',
    ),
    force_ipv4: transport('Use IPv4 only.'),
    ssl_verify: transport('Check certificates; a path names a CA file.'),
    ssl_certificate: transport('Client certificate.'),
    ssl_security_level: transport('OpenSSL security level.'),
    ssl_ecdh_curve: transport('Curve of the key exchange.'),
    aiohttp_trust_env: transport('Take proxies from the environment.'),
    disable_aiohttp_transport: transport('Choose the other transport.'),
    drop_params: works(flag, 'Leave out parameters the provider does not know.', 'calls.dropParams'),
    modify_params: works(
      flag,
      'Repair requests the provider would refuse; every repair is in the receipts.',
      'calls.modifyParams',
    ),
    user_url_validation: works(
      flag,
      'Reach public addresses only when a caller’s URL is fetched for a provider.',
      'media.validateUrls',
    ),
    user_url_allowed_hosts: works(
      list(text),
      'Hosts, as they stand in URLs, that may be reached although they are private.',
      'media.allowedHosts',
    ),
    num_retries: works(whole(), 'Retries; `router_settings.num_retries` wins.', 'router.retries'),
    allowed_fails: works(
      whole(),
      'Failures per minute; `router_settings.allowed_fails` wins.',
      'router.allowedFails',
    ),
    cooldown_time: works(seconds, 'Cooldown; `router_settings.cooldown_time` wins.', 'router.cooldownMs'),
    fallbacks: works(fallbacks, 'Groups to try after a failure.', 'router.fallbacks'),
    default_fallbacks: works(
      list(text),
      'Groups to try where a group has no entry.',
      'router.defaultFallbacks',
    ),
    context_window_fallbacks: works(
      fallbacks,
      'Groups to try when the prompt is too long.',
      'router.contextWindowFallbacks',
    ),
    content_policy_fallbacks: works(
      fallbacks,
      'Groups to try when content is refused.',
      'router.contentPolicyFallbacks',
    ),
    model_alias_map: works(map(text), 'Other names for model groups.', 'router.groupAliases'),
    cache: accepted(flag, 'Cache answers.'),
    cache_params: works(objectOf(cacheParams), 'Where and how.', 'redis'),
    enable_redis_auth_cache: accepted(flag, 'Share looked-up keys in Redis.'),
    enable_caching_on_provider_specific_optional_params: accepted(
      flag,
      'Let all parameters count in the cache key.',
    ),
    caching_groups: accepted(anyList, 'Groups that share cached answers.'),
    max_budget: works(budget, 'Budget of the whole proxy, dollars.', 'limits.globalBudgetNanoUsd'),
    budget_duration: works(duration, 'Its period.', 'limits.globalBudgetDuration'),
    timezone: works(timeZone, 'Budgets reset at its midnights.', 'limits.timezone'),
    max_end_user_budget: works(
      amount,
      'Budget of each end user without limits of its own, dollars.',
      'limits.endUserBudgetNanoUsd',
    ),
    max_end_user_budget_id: works(
      text,
      'The budget (`/budget/new`) of each end user without limits of its own: money, rates, periods.',
      'limits.endUserBudgetId',
    ),
    max_internal_user_budget: unenforced(amount, 'Budget of new users, dollars.'),
    internal_user_budget_duration: accepted(duration, 'Its period.'),
    default_internal_user_params: works(objectOf(newUserParams), 'What new users get.', 'signIn.newUsers'),
    default_team_params: works(objectOf(teamDefaults), 'What new teams get.', 'teams.defaults'),
    default_team_settings: accepted(anyList, 'Loggers of single teams.'),
    default_key_generate_params: works(object, 'What new keys have where they say nothing.', 'keys.defaults'),
    upperbound_key_generate_params: works(
      objectOf(upperBounds),
      'The most a new key may have.',
      'keys.upperBounds',
    ),
    key_generation_settings: works(objectOf(keyGenerationSettings), 'Who may make keys.', 'keys'),
    enable_key_alias_format_validation: works(
      flag,
      'Key aliases are 2 to 255 letters, digits or -_/.@.',
      'keys.checksAliases',
    ),
    custom_ui_sso_sign_in_handler: hook('Code that signs users in.'),
    public_model_groups: accepted(list(text), 'Groups shown on the hub.'),
    public_model_groups_links: accepted(object, 'Links shown on the hub.'),
    public_agent_groups: accepted(list(text), 'Agents shown on the hub.'),
    public_mcp_servers: accepted(list(text), 'MCP servers shown on the hub.'),
    tag_budget_config: works(
      map(objectOf(tagBudget)),
      'Budgets of tags, by their names; beside those of `/tag/new`.',
      'limits.tagBudgets',
    ),
    priority_reservation: works(
      priorityShares,
      'Shares of a model’s rates by priority; `callbacks: [dynamic_rate_limiter_v3]` switches them on.',
      'limits.priorities',
    ),
    priority_reservation_settings: works(priorityRules, 'How the shares work.', 'limits.priorities'),
    cost_discount_config: works(
      costDiscounts,
      'provider → the part of its price that is not paid: 0.05 is five percent.',
      'prices.terms',
    ),
    cost_margin_config: works(
      costMargins,
      'provider or `global` → what is charged on top: 0.1 is ten percent, or `{ percentage, fixed_amount }`.',
      'prices.terms',
    ),
    include_cost_in_streaming_usage: accepted(flag, 'Write the cost into the last chunk.'),
    extra_spend_tag_headers: works(list(text), 'Headers whose values become tags.', 'spend.tagHeaders'),
    disable_add_user_agent_to_request_tags: works(
      flag,
      'Do not tag calls with the User-Agent.',
      'spend.tagUserAgent',
    ),
    disable_end_user_cost_tracking: accepted(flag, 'Do not track spend of end users.'),
    disable_end_user_cost_tracking_prometheus_only: accepted(flag, 'The same, in metrics only.'),
    enable_end_user_cost_tracking_prometheus_only: accepted(flag, 'Track end users in metrics.'),
    custom_prometheus_metadata_labels: accepted(list(text), 'Metadata that becomes labels.'),
    custom_prometheus_tags: accepted(list(text), 'Tags that become labels.'),
    prometheus_metrics_config: accepted(anyList, 'Which metrics and labels are written.'),
    prometheus_initialize_budget_metrics: accepted(flag, 'Write budget metrics from the start.'),
    prometheus_emit_stream_label: accepted(flag, 'Add the label `stream`.'),
    prometheus_latency_buckets: works(
      list(bucket),
      'Bounds of the latency buckets, seconds.',
      'telemetry.latencyBuckets',
    ),
    require_auth_for_metrics_endpoint: works(flag, '`/metrics` asks for a key.', 'server.requireMetricsAuth'),
    mcp_aliases: accepted(map(text), 'Other names for MCP servers.'),
    mcp_semantic_tool_filter: accepted(object, 'Choose MCP tools by meaning.'),
    skip_system_message_in_guardrail: accepted(flag, 'Guardrails ignore system messages.'),
    guardrails: unenforced(anyList, 'Guardrails, in the old form.'),
    llm_guard_mode: hook('How LLM Guard runs.'),
    google_moderation_confidence_threshold: hook('Threshold of text moderation.'),
    banned_keywords_list: hook('Words that are refused.'),
    blocked_user_list: hook('End users that are refused.'),
    use_chat_completions_url_for_anthropic_messages: accepted(
      flag,
      'Serve the Messages API through chat completions.',
    ),
    route_all_chat_openai_to_responses: accepted(flag, 'Send chat through the Responses API.'),
    disable_hf_tokenizer_download: accepted(flag, 'Do not fetch tokenizers.'),
    enable_json_schema_validation: accepted(flag, 'Check answers against their schema.'),
    enable_preview_features: accepted(flag, 'Switch on previews.'),
    disable_add_transform_inline_image_block: accepted(flag, 'Do not inline images.'),
    default_redis_ttl: accepted(seconds, 'Seconds values stay in Redis.'),
    default_in_memory_ttl: accepted(seconds, 'Seconds values stay in memory.'),
    provider_url_destination_allowed_hosts: accepted(list(text), 'Hosts a URL in a request may name.', {
      remedy: 'URLs are not accepted as model or file ids at all.',
    }),
    check_provider_endpoint: accepted(flag, 'Ask providers for their models.'),
    forward_traceparent_to_llm_provider: accepted(flag, 'Send the trace header upstream.'),
    add_user_information_to_llm_headers: accepted(flag, 'Send user, team and organization upstream.'),
    custom_provider_map: accepted(anyList, 'Providers of your own, in code.'),
    ui_theme_config: accepted(object, 'Logo and icon.'),
    s3_callback_params: loggerConfig('Settings of the S3 logger.'),
    datadog_params: loggerConfig('Settings of the Datadog logger.'),
    datadog_llm_observability_params: loggerConfig('Settings of the Datadog LLM logger.'),
    cloudzero_params: loggerConfig('Settings of the CloudZero logger.'),
    vantage_params: loggerConfig('Settings of the Vantage logger.'),
    gcs_bucket_name: accepted(text, 'Bucket of the GCS logger.'),
    gcs_path_service_account: accepted(text, 'Service account of the GCS logger.'),
  },
} as const satisfies Section
