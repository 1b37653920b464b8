import { orSeconds } from './cost-terms.ts'
import { healthRouting } from './health-routing.ts'
import { customAuthSettings, jwtAuth } from './jwt-auth.ts'
import { serviceAccountSettings } from './key-generation.ts'
import { passThroughEndpoint } from './list-sections.ts'
import { masterKey } from './master-key.ts'
import { moduleName, network } from './places.ts'
import { objectOf } from './read-section.ts'
import { resumableStreams } from './resumable-streams.ts'
import { accepted, type Section, unenforced, works } from './row.ts'
import {
  amount,
  anyList,
  anything,
  choice,
  duration,
  flag,
  list,
  map,
  mapOr,
  object,
  oneOrMore,
  positiveSeconds,
  seconds,
  secret,
  text,
  whole,
} from './types.ts'

const on = (doc: string) => accepted(flag, doc)
const hook = (doc: string) =>
  unenforced(text, doc, { remedy: 'Python hooks cannot run here; use virtual keys.' })
const guard = (doc: string) => unenforced(flag, doc)
const logIn = (doc: string) =>
  unenforced(flag, doc, { remedy: 'Use virtual keys, or check log-ins in front of the gateway.' })
const managers = choice(
  'aws_secret_manager',
  'aws_kms',
  'azure_key_vault',
  'google_secret_manager',
  'google_kms',
  'hashicorp_vault',
  'cyberark',
  'custom',
  'local',
)

/** The server, its database and who may use it. */
export const generalSettings = {
  name: 'general_settings',
  doc: 'The server, its database, and who may use it.',
  rows: {
    master_key: works(masterKey, 'The key of the administrator; starts with `sk-`.', 'auth.masterKey', {
      mustResolve: true,
    }),
    database_url: works(
      secret,
      '`postgresql://…`; without it the embedded database is used.',
      'database.url',
      { mustResolve: true },
    ),
    database_connection_pool_limit: works(whole(1), 'Most connections to the database.', 'database.poolSize'),
    database_connection_pool_timeout: accepted(seconds, 'Seconds to wait for a connection.'),
    database_connection_timeout: accepted(seconds, 'Another name for the one above.', {
      alias: 'database_connection_pool_timeout',
    }),
    database_statement_timeout: accepted(seconds, 'Seconds a statement may take.'),
    database_lock_timeout: accepted(seconds, 'Seconds to wait for a lock.'),
    database_idle_in_transaction_session_timeout: accepted(seconds, 'Seconds a transaction may idle.'),
    database_type: accepted(text, 'Kind of database, in the old form.'),
    database_args: accepted(object, 'Its settings.'),
    allow_requests_on_db_unavailable: accepted(flag, 'Answer while the database is away.', {
      remedy:
        'Keys seen before keep working anyway while the database is away; unknown keys get a retryable 503.',
    }),
    disable_prisma_schema_update: on('Do not change the schema at start.'),
    store_model_in_db: on('Allow models in the database.'),
    supported_db_objects: accepted(list(text), 'What may live in the database.'),
    store_prompts_in_spend_logs: on('Keep prompts and answers in spend logs; they are never kept.'),
    disable_spend_logs: on('Write no spend logs; they are always written.'),
    disable_spend_updates: on('Add nothing to spend.'),
    disable_error_logs: on('Log no failed calls.'),
    disable_reset_budget: on('Never reset budgets.'),
    disable_adding_master_key_hash_to_db: on('Keep the hash of the master key out of the database.'),
    disable_master_key_return: on('Never show the master key.'),
    maximum_spend_logs_retention_period: works(
      orSeconds(duration),
      'How long the rows of calls are kept, whole days; for ever unless set. Their sums stay.',
      'spend.retention',
    ),
    maximum_audit_logs_retention_period: works(
      duration,
      'How long the audit log is kept; for ever unless set.',
      'audit.retention',
    ),
    maximum_spend_logs_retention_interval: works(
      orSeconds(duration),
      'How often old ones are removed; a day unless set.',
      'spend.retentionInterval',
    ),
    maximum_spend_logs_cleanup_cron: accepted(text, 'When old ones are removed.', {
      remedy: 'Set maximum_spend_logs_retention_interval.',
    }),
    proxy_batch_write_at: works(
      seconds,
      'Seconds between batches of spend to the database.',
      'spend.flushMs',
    ),
    proxy_budget_rescheduler_min_time: accepted(seconds, 'Least seconds between resets.'),
    proxy_budget_rescheduler_max_time: accepted(seconds, 'Most seconds between resets.'),
    proxy_batch_polling_interval: accepted(seconds, 'Seconds between looks at batches.'),
    use_redis_transaction_buffer: on('Send spend through Redis.'),
    user_api_key_cache_ttl: accepted(seconds, 'Seconds a key is answered from memory.'),
    custom_auth: works(
      moduleName,
      'Code that knows credentials: a module, as `./auth.mjs#check`.',
      'signIn.door.customAuth',
    ),
    custom_auth_settings: works(
      objectOf(customAuthSettings),
      'How that code is used.',
      'signIn.door.customAuth',
    ),
    custom_auth_run_common_checks: works(
      flag,
      'Budgets and models of the user, team and organization hold that it names; true unless stated.',
      'signIn.door.customAuth',
    ),
    custom_key_generate: hook('Code that may refuse new keys.'),
    custom_key_update: hook('Code that may refuse changes of keys.'),
    custom_sso: hook('Code that signs users in.'),
    custom_ui_sso_sign_in_handler: hook('Code that signs users in behind a proxy.'),
    litellm_key_header_name: works(text, 'One more header that carries the key.', 'auth.keyHeaderName'),
    enable_jwt_auth: works(flag, 'Accept JSON web tokens.', 'signIn.jwt'),
    litellm_jwtauth: works(objectOf(jwtAuth), 'How their claims are read.', 'signIn.jwt'),
    enable_oauth2_auth: works(flag, 'Accept OAuth 2 tokens that the provider vouches for.', 'signIn.oauth2'),
    enable_oauth2_proxy_auth: logIn('Trust headers of a log-in proxy.'),
    oauth2_config_mappings: accepted(object, 'Which headers.'),
    allowed_routes: works(list(text), 'All routes there are, whoever asks.', 'signIn.door.allowedRoutes'),
    public_routes: works(list(text), 'Routes without a key.', 'signIn.door.publicRoutes'),
    admin_only_routes: works(list(text), 'Routes for the admin alone.', 'signIn.door.adminOnlyRoutes'),
    enforced_params: works(
      list(text),
      'Fields each call must hold, such as user or metadata.trace_id.',
      'keys.enforcedParams',
    ),
    service_account_settings: works(
      objectOf(serviceAccountSettings),
      'The same for service accounts.',
      'keys.serviceAccountParams',
    ),
    enforce_user_param: works(flag, 'Each request must name its end user.', 'calls.enforceUserParam'),
    enforce_rbac: guard('Check roles.'),
    role_permissions: unenforced(anyList, 'What roles may do.'),
    reject_clientside_metadata_tags: works(flag, 'Refuse tags of callers.', 'spend.refuseClientTags'),
    max_request_size_mb: works(amount, 'Largest request, megabytes.', 'server.maxRequestBytes'),
    max_response_size_mb: works(amount, 'Largest reply, megabytes.', 'server.maxResponseBytes'),
    resumable_streams: works(
      objectOf(resumableStreams),
      'Streams that a client may continue after it lost its connection.',
    ),
    allowed_ips: works(list(network), 'Addresses and networks that may call.', 'signIn.door.allowedIps'),
    use_x_forwarded_for: works(
      flag,
      "Take the caller's address from X-Forwarded-For.",
      'signIn.door.useForwardedFor',
    ),
    max_parallel_requests: unenforced(whole(1), 'Most calls at one time per deployment.', {
      remedy: 'Set max_parallel_requests on keys, or global_max_parallel_requests.',
    }),
    global_max_parallel_requests: works(
      whole(1),
      'Most calls at one time.',
      'limits.globalMaxParallelRequests',
    ),
    disable_retry_on_max_parallel_request_limit_error: on('Do not retry when that limit is hit.'),
    token_rate_limit_type: works(
      choice('total', 'input', 'output'),
      'Which tokens `tpm_limit` counts.',
      'limits.tokenType',
    ),
    infer_model_from_keys: on('Add models for the keys found.'),
    completion_model: works(text, 'Replaces the model of every chat call.', 'calls.completionModel'),
    embedding_model: accepted(text, 'Replaces the model of every embedding call.'),
    image_generation_model: accepted(text, 'Replaces the model of every image call.'),
    moderation_model: accepted(text, 'Replaces the model of every moderation call.'),
    background_health_checks: works(
      flag,
      'Ask every deployment for a few tokens now and then; `/health` answers from what was found.',
      'health.background',
    ),
    health_check_interval: works(positiveSeconds, 'Seconds between rounds.', 'health.intervalMs'),
    health_check_details: works(
      flag,
      'Show addresses, errors and times in `/health`; true unless stated.',
      'health.details',
    ),
    health_check_concurrency: works(whole(1), 'Most checks at one time.', 'health.concurrency'),
    background_health_check_model_groups: works(
      list(text),
      'Only these groups are checked in the background and steered by it.',
      'health.groups',
    ),
    health_check_skip_disabled_background_models: works(
      flag,
      'Leave out deployments with `disable_background_health_check` in `/health` too.',
      'health.skipDisabled',
    ),
    use_shared_health_check: accepted(flag, 'Share findings in Redis.', {
      remedy: 'Findings are shared wherever Redis is set.',
    }),
    ...healthRouting,
    alerting: accepted(list(text), 'Where alerts go.'),
    alerting_threshold: accepted(seconds, 'Seconds that make a call slow.'),
    alert_types: accepted(list(text), 'Which alerts.'),
    alert_to_webhook_url: accepted(map(oneOrMore(secret)), 'Webhook by kind of alert.'),
    alerting_args: accepted(object, 'Their thresholds.'),
    alert_type_config: accepted(object, 'Settings by kind of alert.'),
    spend_report_frequency: accepted(text, 'How often spend is reported.'),
    forward_client_headers_to_llm_api: works(
      flag,
      "Send the caller's `x-` headers upstream.",
      'calls.forwardClientHeaders',
    ),
    forward_llm_provider_auth_headers: on("Send the caller's provider key upstream."),
    forward_openai_org_id: on("Send the caller's organization upstream."),
    use_client_credentials_pass_through_routes: on("Use the caller's key on pass-through routes."),
    pass_through_endpoints: accepted(
      list(objectOf(passThroughEndpoint)),
      'Routes that relay to another server.',
    ),
    ui_access_mode: unenforced(mapOr(object, text), 'Who may open the dashboard.'),
    default_team_disabled: works(
      flag,
      'Nobody but the admin of the gateway makes keys of no team.',
      'keys.isDefaultTeamDisabled',
    ),
    auto_redirect_ui_login_to_sso: on('Open the log-in page of the identity provider.'),
    always_include_stream_usage: works(
      flag,
      'Streams of chat completions end with their usage also when the client did not ask for it.',
      'calls.alwaysIncludeStreamUsage',
    ),
    user_header_name: accepted(text, 'Header that names the end user.'),
    user_header_mappings: accepted(anyList, 'Headers that name users.'),
    allow_client_side_credentials: accepted(flag, 'Callers may set address and key.', {
      remedy: 'Callers cannot set them; make a deployment for each.',
    }),
    allow_user_auth: on('Users may sign in, in the old form.'),
    key_management_system: accepted(managers, 'Secret manager asked before the environment.', {
      remedy: 'Give secrets as environment variables.',
    }),
    key_management_settings: accepted(object, 'How it is used.'),
    user_mcp_management_mode: accepted(choice('restricted', 'view_all'), 'What users see of MCP.'),
    enable_mcp_registry: on('Serve a registry of MCP servers.'),
    mcp_client_side_auth_header_name: accepted(text, 'Header that carries the MCP credential.'),
    mcp_internal_ip_ranges: unenforced(list(text), 'Addresses that count as internal.'),
    mcp_trusted_proxy_ranges: accepted(list(text), 'Proxies whose headers count.'),
    mcp_required_fields: accepted(list(text), 'Fields a submitted MCP server must have.'),
    require_end_user_mcp_access_defined: guard('End users need a grant for MCP.'),
    control_plane_url: accepted(text, 'Address of the control plane.'),
    search_tools: accepted(anyList, 'Search tools, in the old place.'),
    disable_responses_id_security: on('Do not bind response ids to keys.'),
    enable_public_model_hub: on('Show the hub to everybody.'),
    fail_closed_budget_enforcement: guard('Refuse calls when spend cannot be counted.'),
    litellm_license: accepted(anything, 'Licence; nothing here needs one.', {
      remedy: 'No licence is needed; remove it.',
    }),
  },
} as const satisfies Section
