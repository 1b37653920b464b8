import type { ParamRules } from '../../provider.ts'

const OF_MODELS = [
  ...['frequency_penalty', 'logit_bias', 'max_completion_tokens', 'max_tokens', 'parallel_tool_calls'],
  ...[
    'presence_penalty',
    'reasoning_effort',
    'seed',
    'service_tier',
    'stop',
    'store',
    'temperature',
    'thinking',
  ],
  ...['top_k', 'top_p', 'user', 'verbosity'],
]

/** Agents choose their models and how they run, so a caller's wishes for those are left out, with a note. */
export const AGENT_PARAMS: ParamRules = Object.fromEntries(OF_MODELS.map(name => [name, 'drop']))
