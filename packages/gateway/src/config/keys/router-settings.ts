import { allowedFailsPolicy, retryPolicy } from './error-policies.ts'
import { fallbacks } from './fallbacks.ts'
import { preCallChecks, routingStrategy, routingStrategyName } from './features.ts'
import { healthRouting } from './health-routing.ts'
import { objectOf } from './read-section.ts'
import { cacheKwargs, redisUrl } from './redis.ts'
import { accepted, type Section, unenforced, type Values, type ValueType, works } from './row.ts'
import {
  amount,
  anyList,
  bounds,
  choice,
  duration,
  flag,
  fraction,
  list,
  map,
  mapOr,
  object,
  positiveSeconds,
  seconds,
  secret,
  text,
  weight,
  whole,
} from './types.ts'

/** The long form of an alias. */
export const groupAlias = {
  name: 'router_settings.model_group_alias.*',
  doc: 'The long form of an alias.',
  rows: {
    model: works(text, 'The group it stands for.', 'router.groupAliases', { required: true }),
    hidden: works(flag, 'Keep it out of `/v1/models`.', 'router.groupAliases'),
  },
} as const satisfies Section

/** Settings of strategies. */
export const strategyArgs = {
  name: 'router_settings.routing_strategy_args',
  doc: 'Settings of the strategy: of latency-based-routing those listed, of one of your own whatever it takes.',
  open: true,
  rows: {
    ttl: works(seconds, 'Seconds a latency counts.', 'router.strategyArgs'),
    lowest_latency_buffer: works(
      amount,
      'Share above the lowest latency within which the choice is by chance.',
      'router.strategyArgs',
    ),
    max_latency_list_size: works(whole(1), 'Latencies kept per deployment.', 'router.strategyArgs'),
  },
} as const satisfies Section

/** A strategy for some groups alone. */
export const routingGroup = {
  name: 'router_settings.routing_groups[]',
  doc: 'A strategy for some groups alone.',
  rows: {
    group_name: works(text, 'What it is called; nothing asks for it.', 'router.routingGroups', {
      required: true,
    }),
    models: works(list(text), 'The groups it is for; each is named once at most.', 'router.routingGroups', {
      required: true,
    }),
    routing_strategy: works(
      routingStrategyName,
      'How a deployment of these groups is chosen.',
      'router.routingGroups',
      { required: true },
    ),
    routing_strategy_args: works(
      objectOf(strategyArgs),
      'Settings of this strategy.',
      'router.routingGroups',
    ),
    model_priorities: accepted(object, 'Which model comes first, for the strategy `priority`.', {
      remedy: 'Set litellm_params.order.',
    }),
  },
} as const satisfies Section

/** A group that two of them name would have two strategies. */
const routingGroups: ValueType<readonly Values<typeof routingGroup.rows>[]> = {
  ...list(objectOf(routingGroup)),
  read(node, key, report) {
    const groups = list(objectOf(routingGroup)).read(node, key, report)
    const named = (groups ?? []).flatMap(({ models }) => models ?? [])
    const twice = named.find((model, index) => named.indexOf(model) !== index)
    if (twice !== undefined)
      report.problem(node.place, key, `the group ${twice} is named twice`, 'Name it in one of them.')
    return groups
  },
}

/** When a second request is sent beside a slow one. */
export const hedging = {
  name: 'router_settings.hedging',
  doc: 'A second request to another deployment while the first is still slow; the first answer wins.',
  rows: {
    percentile: works(
      fraction,
      "After the time within which this share of the group's recent answers came, 0.95 for example.",
      'router.hedging',
      { required: true },
    ),
    max_share: works(fraction, "Hedges as a share of a group's calls; 0.05 unless stated.", 'router.hedging'),
    max_cost: works(
      amount,
      'Most dollars one hedge may cost: its prompt and the longest answer it may get.',
      'router.hedging',
    ),
  },
} as const satisfies Section

/** Weights that follow scores, failures and prices. */
export const adaptiveWeights = {
  name: 'router_settings.adaptive_weights',
  doc: 'Weights that follow scores (`POST /v1/feedback`), failures and prices, under strategies that draw by weight.',
  rows: {
    enabled: works(flag, 'Switches it on.', 'router.adaptiveWeights'),
    exploration: works(
      fraction,
      "Share of a group's calls that is spread evenly, whatever was found; none gets more of it than its own weight says (0.1).",
      'router.adaptiveWeights',
    ),
    bounds: works(
      bounds,
      'Least and most that the share of a deployment may be multiplied by ([0.2, 5]).',
      'router.adaptiveWeights',
    ),
    min_samples: works(
      whole(1, 100_000),
      'Samples it takes to move anything much, and to see a drop (20).',
      'router.adaptiveWeights',
    ),
    window: works(positiveSeconds, 'Seconds of the past that count (3600).', 'router.adaptiveWeights'),
    cost_weight: works(
      fraction,
      'How much the price counts; the rest is for scores and failures (0).',
      'router.adaptiveWeights',
    ),
    rollback_drop: works(
      fraction,
      'A mean score that falls, or a share of failures that rises, by more than this holds a deployment at its least share (0.2).',
      'router.adaptiveWeights',
    ),
    rollback_time: works(positiveSeconds, 'Seconds it is held there (600).', 'router.adaptiveWeights'),
  },
} as const satisfies Section

/** What may be spent at one provider; LiteLLM has two names for each. */
export const providerBudget = {
  name: 'router_settings.provider_budget_config.*',
  doc: 'What may be spent at one provider.',
  rows: {
    budget_limit: works(amount, 'Dollars in one period.', 'router.providerBudgets'),
    max_budget: works(amount, 'The same.', 'router.providerBudgets'),
    time_period: works(
      duration,
      'The period; without one the budget never resets.',
      'router.providerBudgets',
    ),
    budget_duration: works(duration, 'The same.', 'router.providerBudgets'),
  },
} as const satisfies Section

/** Choice of deployments, retries, cooldowns and fallbacks. */
export const routerSettings = {
  name: 'router_settings',
  doc: 'Choice of deployments, retries, cooldowns, fallbacks. Wins over the same key in `litellm_settings`.',
  rows: {
    routing_strategy: works(
      routingStrategy,
      'How a deployment is chosen; a module is named by its path from the file that names it, `#export` after it where it is not the default one.',
      'router.strategy',
    ),
    routing_strategy_args: works(objectOf(strategyArgs), 'Settings of the strategy.', 'router.strategyArgs'),
    routing_groups: works(routingGroups, 'Strategies of single groups.', 'router.routingGroups'),
    redis_host: works(text, 'Redis that replicas share; wins over `cache_params`.', 'redis'),
    redis_port: works(whole(1, 65_535), 'Redis port; 6379 unless stated.', 'redis'),
    redis_password: works(secret, 'Redis password.', 'redis'),
    redis_db: works(whole(), 'Redis database number.', 'redis'),
    redis_url: works(redisUrl, 'Redis address; wins over host, port, password and database.', 'redis'),
    redis_namespace: works(text, 'What every key in Redis begins with; `sluice` unless stated.', 'redis'),
    cache_kwargs: works(objectOf(cacheKwargs), 'More settings of Redis.', 'redis'),
    cache_responses: accepted(flag, 'Cache answers.'),
    caching_groups: accepted(anyList, 'Groups that share cached answers.'),
    num_retries: works(whole(), 'Retries of a call.', 'router.retries'),
    max_fallbacks: works(whole(), 'Most fallbacks of one call.', 'router.maxFallbacks'),
    timeout: works(positiveSeconds, 'Seconds for a whole call.', 'router.timeoutMs'),
    stream_timeout: works(
      positiveSeconds,
      'Seconds to the first output of a stream.',
      'router.streamTimeoutMs',
    ),
    stream_idle_timeout: works(
      positiveSeconds,
      'Seconds a stream may be silent.',
      'router.streamIdleTimeoutMs',
    ),
    stream_continuation: works(
      flag,
      'Let another deployment go on with a stream of plain text that breaks off.',
      'router.streamContinuation',
    ),
    retry_after: works(seconds, 'Least seconds between retries.', 'router.retryAfterMs'),
    retry_policy: works(retryPolicy, 'Retries by class of error.', 'router.retryPolicy'),
    model_group_retry_policy: works(
      map(retryPolicy),
      'The same by group; a group named here goes by its own policy alone.',
      'router.modelGroupRetryPolicy',
    ),
    retry_budget: works(
      fraction,
      "Retries as a share of a group's calls, beyond a burst of 100, so that an outage is not multiplied.",
      'router.retryBudget',
    ),
    hedging: works(
      objectOf(hedging),
      'A second request beside a slow one; off unless stated.',
      'router.hedging',
    ),
    allowed_fails: works(whole(), 'Failures per minute that cool a deployment down.', 'router.allowedFails'),
    allowed_fails_policy: works(
      allowedFailsPolicy,
      'The same by class of error.',
      'router.allowedFailsPolicy',
    ),
    cooldown_time: works(seconds, 'Seconds a failing deployment rests.', 'router.cooldownMs'),
    disable_cooldowns: works(flag, 'Never rest a deployment.', 'router.disableCooldowns'),
    fallbacks: works(fallbacks, 'Groups to try after a failure.', 'router.fallbacks'),
    default_fallbacks: works(list(text), 'Groups to try after those lists.', 'router.defaultFallbacks'),
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
    enable_pre_call_checks: works(
      flag,
      'Leave out deployments whose context window, abilities or minute the request exceeds.',
      'router.enablePreCallChecks',
    ),
    optional_pre_call_checks: works(
      preCallChecks,
      'More such looks: at rates, and at where sessions, keys and long prompts were before.',
      'router.affinity',
    ),
    deployment_affinity_ttl_seconds: works(
      positiveSeconds,
      'Seconds that sessions and keys are remembered after their last call.',
      'router.affinityTtlMs',
    ),
    model_group_affinity_config: works(
      map(preCallChecks),
      'What keeps calls where they were, by group; a group named here goes by its own list alone.',
      'router.groupAffinity',
    ),
    enable_tag_filtering: works(flag, 'Choose deployments by tag.', 'router.enableTagFiltering'),
    tag_filtering_match_any: works(
      flag,
      'One matching tag is enough; else a deployment needs every tag of the call.',
      'router.tagFilteringMatchAny',
    ),
    tag_routing_prefix: works(
      text,
      'Tags of calls that begin with it are looked for without it.',
      'router.tagRoutingPrefix',
    ),
    enable_weighted_failover: works(
      flag,
      'Nothing to switch on: a retry always chooses another deployment of the group, by the strategy.',
    ),
    provider_budget_config: works(
      map(objectOf(providerBudget)),
      'What may be spent at providers, by their names.',
      'router.providerBudgets',
    ),
    default_max_parallel_requests: works(
      whole(1),
      'Most calls at one time of a deployment without a limit of its own; more wait for a place.',
      'router.defaultMaxParallelRequests',
    ),
    max_waiting_requests: works(
      whole(),
      'Most calls that wait for a place at one deployment.',
      'router.maxWaiting',
    ),
    max_silent_requests: works(
      whole(),
      'Most copies to a `silent_model` at one time, 100 unless stated; more are left out.',
      'router.maxMirrored',
    ),
    default_priority: works(
      whole(),
      'Priority of calls that state none; of those that wait for a place, lower goes first.',
      'router.defaultPriority',
    ),
    polling_interval: works(amount, 'Nothing to set: a place is given the moment there is one.'),
    default_litellm_params: works(
      object,
      '`litellm_params` of every deployment that does not state them itself, keys among them: mind whose they are.',
      'deployment',
    ),
    client_ttl: works(seconds, 'Nothing to set: connections are shared by all deployments of a host.'),
    ignore_invalid_deployments: accepted(flag, 'Skip wrong entries.', {
      remedy: 'A wrong entry refuses the start, so that no model is missing unnoticed.',
    }),
    ...healthRouting,
    search_tools: accepted(anyList, 'Search tools.'),
    guardrail_list: unenforced(anyList, 'Guardrails.'),
    assistants_config: accepted(object, 'Assistants.'),
    alerting_config: accepted(object, 'Alerts.'),
    router_general_settings: accepted(object, 'More settings.'),
    max_retries: accepted(whole(), 'Retries inside one attempt.', { remedy: 'Set num_retries.' }),
    weights: works(
      map(weight),
      'Weight by deployment id (`model_info.id`), in place of `litellm_params.weight`. `PATCH /router/weights` comes before it.',
      'router.weights',
    ),
    adaptive_weights: works(
      objectOf(adaptiveWeights),
      'Weights that follow scores, failures and prices; off unless enabled.',
      'router.adaptiveWeights',
    ),
    set_verbose: works(flag, 'Log in detail where `debug_level` is DEBUG.', 'telemetry.logLevel'),
    debug_level: works(choice('INFO', 'DEBUG'), 'How much to log with `set_verbose`.', 'telemetry.logLevel'),
  },
} as const satisfies Section
