import { fallbacks } from './fallbacks.ts'
import { routingStrategy } from './features.ts'
import { objectOf } from './read-section.ts'
import { accepted, type Section, unenforced, works } from './row.ts'
import {
  amount,
  anyList,
  anything,
  flag,
  list,
  map,
  mapOr,
  object,
  positiveSeconds,
  seconds,
  secret,
  text,
  whole,
} from './types.ts'

const on = (doc: string) => accepted(flag, doc)

/** The long form of an alias. */
export const groupAlias = {
  name: 'router_settings.model_group_alias.*',
  doc: 'The long form of an alias.',
  rows: {
    model: works(text, 'The group it stands for.', 'router.groupAliases', { required: true }),
    hidden: works(flag, 'Keep it out of `/v1/models`.', 'router.groupAliases'),
  },
} as const satisfies Section

/** Choice of deployments, retries, cooldowns and fallbacks. */
export const routerSettings = {
  name: 'router_settings',
  doc: 'Choice of deployments, retries, cooldowns, fallbacks. Wins over the same key in `litellm_settings`.',
  rows: {
    routing_strategy: works(
      routingStrategy,
      'How a deployment is chosen. Only simple-shuffle (by weight) exists yet; the others warn and it is used.',
      'router.strategy',
    ),
    routing_strategy_args: accepted(object, 'Settings of the strategy.'),
    routing_groups: accepted(anyList, 'Strategy by set of models.'),
    redis_host: accepted(text, 'Redis host.'),
    redis_port: accepted(whole(1), 'Redis port.'),
    redis_password: accepted(secret, 'Redis password.'),
    redis_db: accepted(whole(), 'Redis database number.'),
    redis_url: accepted(secret, 'Redis address.'),
    cache_kwargs: accepted(object, 'More settings of Redis.'),
    cache_responses: on('Cache answers.'),
    caching_groups: accepted(anyList, 'Groups that share cached answers.'),
    num_retries: works(whole(), 'Retries of a call.', 'router.retries'),
    max_fallbacks: works(whole(), 'Most fallbacks of one call.', 'router.maxFallbacks'),
    timeout: works(positiveSeconds, 'Seconds for a whole call.', 'router.timeoutMs'),
    stream_timeout: works(
      positiveSeconds,
      'Seconds to the first event of a stream.',
      'router.streamTimeoutMs',
    ),
    retry_after: works(seconds, 'Least seconds between retries.', 'router.retryAfterMs'),
    retry_policy: accepted(object, 'Retries by kind of error.'),
    model_group_retry_policy: accepted(object, 'The same by group.'),
    allowed_fails: works(whole(), 'Failures per minute that cool a deployment down.', 'router.allowedFails'),
    allowed_fails_policy: accepted(object, 'The same by kind of error.'),
    cooldown_time: works(seconds, 'Seconds a failing deployment rests.', 'router.cooldownMs'),
    disable_cooldowns: works(flag, 'Never rest a deployment.', 'router.disableCooldowns'),
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
    model_group_alias: works(
      map(mapOr(objectOf(groupAlias), text)),
      'Other names for groups.',
      'router.groupAliases',
    ),
    enable_pre_call_checks: on('Look at context window, region and parameters before the choice.'),
    optional_pre_call_checks: accepted(list(text), 'More such looks.'),
    deployment_affinity_ttl_seconds: accepted(seconds, 'Seconds a caller stays with a deployment.'),
    model_group_affinity_config: accepted(object, 'The same by group.'),
    enable_tag_filtering: unenforced(flag, 'Choose deployments by tag.', {
      remedy: 'Give the deployments of each tag a model_name of their own.',
    }),
    tag_filtering_match_any: on('One matching tag is enough.'),
    tag_routing_prefix: accepted(text, 'Prefix of tags that route.'),
    enable_weighted_failover: on('After a failure choose another deployment by weight.'),
    provider_budget_config: unenforced(object, 'Budgets of providers.'),
    default_max_parallel_requests: unenforced(whole(1), 'Most calls at one time per deployment.', {
      remedy: 'Set max_parallel_requests on keys, or global_max_parallel_requests.',
    }),
    default_priority: accepted(whole(), 'Priority of calls that wait.'),
    polling_interval: accepted(amount, 'Seconds between looks at the queue.'),
    default_litellm_params: accepted(object, 'Parameters of every call.'),
    client_ttl: accepted(seconds, 'Seconds an HTTP client is kept.'),
    ignore_invalid_deployments: accepted(flag, 'Skip wrong entries.', {
      remedy: 'A wrong entry refuses the start, so that no model is missing unnoticed.',
    }),
    enable_health_check_routing: on('Leave out deployments whose probe failed.'),
    health_check_staleness_threshold: accepted(seconds, 'Seconds a result counts.'),
    health_check_ignore_transient_errors: on('Ignore 429 and 408 of probes.'),
    search_tools: accepted(anyList, 'Search tools.'),
    guardrail_list: unenforced(anyList, 'Guardrails.'),
    assistants_config: accepted(object, 'Assistants.'),
    alerting_config: accepted(object, 'Alerts.'),
    router_general_settings: accepted(object, 'More settings.'),
    max_retries: accepted(whole(), 'Retries inside one attempt.', { remedy: 'Set num_retries.' }),
    weights: accepted(anything, 'Weights by deployment.', { remedy: 'Set litellm_params.weight.' }),
    set_verbose: on('Log in detail.'),
    debug_level: accepted(text, 'How much to log.'),
  },
} as const satisfies Section
