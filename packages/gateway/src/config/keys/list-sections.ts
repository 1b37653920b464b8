import { providers } from 'sluice/internal'
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
  oneOrMore,
  secret,
  text,
} from './types.ts'

const kept = (doc: string) => accepted(anything, doc)

/** A named set of credential values. */
export const credential = {
  name: 'credential_list[]',
  doc: 'Named values that deployments take with `litellm_credential_name`.',
  rows: {
    credential_name: works(text, 'Its name.', 'deployments', { required: true }),
    credential_values: works(
      object,
      '`api_key`, `api_base` and any other key of `litellm_params`.',
      'deployments',
      {
        required: true,
      },
    ),
    credential_info: works(object, 'Description; for people.'),
  },
} as const satisfies Section

const guardrailParams = {
  name: 'guardrails[].litellm_params',
  doc: 'What a guardrail does.',
  open: true,
  rows: {
    guardrail: kept('Vendor, or a class of your own.'),
    mode: kept('When it runs.'),
    default_on: accepted(flag, 'Runs on every request.'),
    api_key: accepted(secret, 'Key at the vendor.'),
    api_base: accepted(text, 'Address of the vendor.'),
    headers: accepted(object, 'Headers to the vendor.'),
    extra_headers: kept('Headers of the caller that are sent along.'),
    additional_provider_specific_params: accepted(object, 'More parameters.'),
    unreachable_fallback: accepted(text, 'fail_closed or fail_open.'),
    on_error: kept('What to do on an error.'),
    skip_system_message_in_guardrail: accepted(flag, 'Ignore system messages.'),
    streaming_end_of_stream_only: accepted(flag, 'Look at streams at their end only.'),
    streaming_sampling_rate: kept('How often to look at a stream.'),
    mask_request_content: accepted(flag, 'Mask requests.'),
    mask_response_content: accepted(flag, 'Mask answers.'),
    disable_exception_on_block: accepted(flag, 'Do not answer with an error.'),
    pii_entities_config: accepted(object, 'What to mask or block.'),
    presidio_score_thresholds: accepted(object, 'Least scores.'),
    presidio_language: accepted(text, 'Language.'),
    output_parse_pii: accepted(flag, 'Put masked values back.'),
    presidio_analyzer_api_base: accepted(text, 'Address of the analyzer.'),
    presidio_anonymizer_api_base: accepted(text, 'Address of the anonymizer.'),
    presidio_ad_hoc_recognizers: kept('Recognizers of your own.'),
    presidio_filter_scope: accepted(text, 'Input, output or both.'),
  },
} as const satisfies Section

/** A guardrail. */
export const guardrail = {
  name: 'guardrails[]',
  doc: 'Guardrails.',
  rows: {
    guardrail_name: accepted(text, 'Its name in requests.', { required: true }),
    litellm_params: accepted(objectOf(guardrailParams), 'What it does.', { required: true }),
    guardrail_info: accepted(object, 'Description; for people.'),
    policy_template: accepted(text, 'Template it was made from.'),
  },
} as const satisfies Section

/** A route that relays to another server. */
export const passThroughEndpoint = {
  name: 'general_settings.pass_through_endpoints[]',
  doc: 'Routes that relay to another server.',
  rows: {
    id: kept('Its id.'),
    path: accepted(text, 'Path of the route.', { required: true }),
    target: accepted(text, 'Address it relays to.', { required: true }),
    headers: accepted(map(anything), 'Headers that are added.'),
    auth: unenforced(flag, 'The route asks for a key.', { remedy: 'The route does not exist yet.' }),
    forward_headers: accepted(flag, "Send the caller's headers along."),
    merge_query_params: accepted(flag, "Send the caller's query along."),
    include_subpath: accepted(flag, 'Relay the paths below as well.'),
    cost_per_request: accepted(amount, 'Price of a call.'),
    default_query_params: accepted(object, 'Query that is added.'),
    methods: accepted(list(text), 'Methods it answers to.'),
    guardrails: unenforced(object, 'Guardrails of the route.'),
  },
} as const satisfies Section

/** An MCP server. */
export const mcpServer = {
  name: 'mcp_servers.*',
  doc: 'MCP servers.',
  rows: {
    url: accepted(text, 'Address.'),
    transport: accepted(text, 'sse, http or stdio.'),
    command: accepted(text, 'Program of a stdio server.'),
    args: accepted(list(text), 'Its arguments.'),
    env: accepted(object, 'Its environment.'),
    description: accepted(text, 'Description.'),
    alias: accepted(text, 'Another name.'),
    auth_type: accepted(text, 'How to authenticate.'),
    auth_value: accepted(secret, 'Credential.'),
    authentication_token: accepted(secret, 'Another name for `auth_value`.', { alias: 'auth_value' }),
    client_id: accepted(text, 'OAuth client id.'),
    client_secret: accepted(secret, 'OAuth client secret.'),
    scopes: accepted(oneOrMore(text), 'OAuth scopes.'),
    authorization_url: accepted(text, 'OAuth authorization address.'),
    token_url: accepted(text, 'OAuth token address.'),
    registration_url: accepted(text, 'OAuth registration address.'),
    extra_headers: accepted(list(text), 'Headers of the caller that are sent along.'),
    static_headers: accepted(object, 'Headers that are added.'),
    allowed_tools: accepted(list(text), 'Tools that may be called.'),
    disallowed_tools: accepted(list(text), 'Tools that may not be called.'),
    allowed_params: accepted(object, 'Parameters by tool.'),
    access_groups: accepted(list(text), 'Access groups.'),
    mcp_access_groups: accepted(list(text), 'Access groups, another spelling.'),
    allow_all_keys: accepted(flag, 'Every key may use it.'),
    available_on_public_internet: accepted(flag, 'Callers from outside may use it.'),
    spec_path: accepted(text, 'OpenAPI file.'),
    openapi: kept('OpenAPI document.'),
    spec_version: accepted(text, 'Protocol version.'),
    mcp_info: accepted(object, 'Name, logo and prices.'),
    aws_region_name: accepted(text, 'AWS region.'),
    aws_service_name: accepted(text, 'AWS service.'),
    aws_access_key_id: accepted(secret, 'AWS access key id.'),
    aws_secret_access_key: accepted(secret, 'AWS secret access key.'),
    aws_session_token: accepted(secret, 'AWS session token.'),
    aws_role_name: accepted(text, 'AWS role.'),
    aws_session_name: accepted(text, 'Name of the assumed session.'),
  },
} as const satisfies Section

/** Any provider that searches, to show. */
const SEARCHER = [...providers.values()].find(({ endpoints }) => endpoints.search)?.name ?? 'NAME'

const toolParams = {
  name: 'search_tools[].litellm_params',
  doc: 'How a search tool is called.',
  open: true,
  rows: {
    search_provider: works({ ...text, example: SEARCHER }, 'Provider.', 'deployment.provider', {
      required: true,
    }),
    api_key: works(secret, 'Key.', 'deployment.apiKey'),
    api_base: works(text, 'Address.', 'deployment.apiBase'),
    timeout: works(amount, 'Seconds.', 'deployment.timeoutMs'),
    max_retries: works(amount, 'Retries.', 'deployment.retries'),
  },
} as const satisfies Section

/** A search tool. */
export const searchTool = {
  name: 'search_tools[]',
  doc: 'Search tools.',
  rows: {
    search_tool_name: works(text, 'Its name, as in `/search/{name}`.', 'deployment.group', {
      required: true,
    }),
    litellm_params: works(objectOf(toolParams), 'How it is called.', 'deployment', { required: true }),
    search_tool_info: accepted(object, 'Description; for people.'),
  },
} as const satisfies Section

/** A vector store. */
export const vectorStore = {
  name: 'vector_store_registry[]',
  doc: 'Vector stores.',
  rows: {
    vector_store_name: accepted(text, 'Its name.', { required: true }),
    litellm_params: accepted(object, '`vector_store_id`, `custom_llm_provider`, description, metadata.', {
      required: true,
    }),
  },
} as const satisfies Section

/** A policy. */
export const policy = {
  name: 'policies.*',
  doc: 'Sets of guardrails.',
  rows: {
    inherit: kept('Policy it builds on.'),
    description: accepted(text, 'Description.'),
    guardrails: unenforced(mapOr(object, anyList), 'Guardrails to add and remove.'),
    condition: accepted(object, 'When it applies.'),
    pipeline: kept('Order of steps.'),
  },
} as const satisfies Section

/** Where a policy applies. */
export const policyAttachment = {
  name: 'policy_attachments[]',
  doc: 'Where policies apply.',
  rows: {
    policy: unenforced(text, 'The policy.', { required: true }),
    scope: accepted(text, '`*` for everything.'),
    teams: accepted(list(text), 'Teams.'),
    keys: accepted(list(text), 'Keys.'),
    models: accepted(list(text), 'Models.'),
    tags: accepted(list(text), 'Tags.'),
  },
} as const satisfies Section

/** A prompt. */
export const prompt = {
  name: 'prompts[]',
  doc: 'Prompts.',
  rows: {
    prompt_id: accepted(text, 'Its id.', { required: true }),
    litellm_params: accepted(object, 'Where it is kept.', { required: true }),
    prompt_info: accepted(object, 'Description; for people.'),
  },
} as const satisfies Section
