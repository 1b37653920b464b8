import { generalSettings } from './general-settings.ts'
import { customAuthSettings, jwtAuth } from './jwt-auth.ts'
import {
  credential,
  guardrail,
  mcpServer,
  passThroughEndpoint,
  policy,
  policyAttachment,
  prompt,
  searchTool,
  vectorStore,
} from './list-sections.ts'
import { litellmParams } from './litellm-params.ts'
import { litellmSettings } from './litellm-settings.ts'
import { modelInfo } from './model-info.ts'
import { customProvider } from './providers.ts'
import { objectOf } from './read-section.ts'
import { resumableStreams } from './resumable-streams.ts'
import { routerSettings } from './router-settings.ts'
import { accepted, type Section, unenforced, works } from './row.ts'
import { spendSink } from './spend-sinks.ts'
import { anyList, anything, list, map, mapOr, object, oneOrMore, text } from './types.ts'

/** One deployment. */
export const modelEntry = {
  name: 'model_list[]',
  doc: 'One deployment; deployments with the same `model_name` are one group.',
  rows: {
    model_name: works(text, 'The name callers send; may hold `*`.', 'deployment.group', { required: true }),
    litellm_params: works(objectOf(litellmParams), 'How it is called.', 'deployment', { required: true }),
    model_info: works(objectOf(modelInfo), 'Facts about it.', 'deployment.modelInfo'),
  },
} as const satisfies Section

/** The sections of a config file. */
export const topLevel = {
  name: 'the top level',
  doc: 'The sections of the file.',
  rows: {
    model_list: works(list(objectOf(modelEntry)), 'The deployments.', 'deployments'),
    providers: works(map(objectOf(customProvider)), 'OpenAI-compatible providers of your own.', 'providers'),
    litellm_settings: works(objectOf(litellmSettings), 'Calls in general.'),
    general_settings: works(objectOf(generalSettings), 'Server, database, access.'),
    router_settings: works(objectOf(routerSettings), 'Choice of deployments, retries, fallbacks.'),
    environment_variables: works(map(anything), 'Variables set before anything else is read.', 'environment'),
    credential_list: works(list(objectOf(credential)), 'Named credentials.', 'deployments'),
    include: works(oneOrMore(text), 'More files, relative to this one: lists are appended, maps merged.'),
    guardrails: unenforced(list(objectOf(guardrail)), 'Guardrails.'),
    policies: unenforced(map(objectOf(policy)), 'Sets of guardrails.'),
    policy_attachments: unenforced(list(objectOf(policyAttachment)), 'Where they apply.'),
    mcp_servers: accepted(map(objectOf(mcpServer)), 'MCP servers.'),
    mcp_tools: accepted(anyList, 'MCP tools in code.'),
    vector_store_registry: accepted(list(objectOf(vectorStore)), 'Vector stores.'),
    search_tools: works(list(objectOf(searchTool)), 'Search tools, for `/search`.', 'deployments'),
    prompts: accepted(list(objectOf(prompt)), 'Prompts.'),
    agents: accepted(anyList, 'A2A agents.'),
    agent_list: accepted(anyList, 'A2A agents, another spelling.'),
    spend_sinks: works(list(objectOf(spendSink)), 'Where spend rows go besides the database.', 'spend.sinks'),
    callback_settings: accepted(object, 'Settings of loggers.'),
    assistant_settings: accepted(object, 'Where assistants live.'),
    files_settings: accepted(anyList, 'Where files go.'),
    finetune_settings: accepted(anyList, 'Where fine-tuning goes.'),
    worker_registry: accepted(mapOr(object, anyList), 'Workers of a control plane.'),
  },
} as const satisfies Section

/** Every table, in the order of the reference page. */
export const sections: readonly Section[] = [
  topLevel,
  modelEntry,
  litellmParams,
  modelInfo,
  credential,
  customProvider,
  ...nested(customProvider),
  litellmSettings,
  ...nested(litellmSettings),
  generalSettings,
  jwtAuth,
  ...nested(jwtAuth),
  customAuthSettings,
  resumableStreams,
  passThroughEndpoint,
  routerSettings,
  ...nested(routerSettings),
  guardrail,
  ...nested(guardrail),
  policy,
  policyAttachment,
  mcpServer,
  vectorStore,
  searchTool,
  ...nested(searchTool),
  prompt,
  spendSink,
  ...nested(spendSink),
]

function nested(section: Section): Section[] {
  const found = Object.values(section.rows).flatMap(row => (row.type.section ? [row.type.section] : []))
  return [...new Set(found)]
}

const HOMES: readonly Section[] = [
  topLevel,
  litellmSettings,
  generalSettings,
  routerSettings,
  litellmParams,
  modelInfo,
]

/** The sections that know `key`; for saying where a misplaced key belongs. */
export function sectionsWith(key: string): readonly string[] {
  return HOMES.filter(section => Object.hasOwn(section.rows, key)).map(section => section.name)
}
