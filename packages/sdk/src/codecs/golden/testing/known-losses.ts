/** Case → why it does not come back as it went; `refused` when the format cannot say it at all. */
type Reasons = Readonly<Record<string, string>>

export interface Losses {
  readonly requests: Reasons
  readonly replies: Reasons
  readonly streams: Reasons
}

/** What every format but the hub's own does to a conversation. */
const ONE_SYSTEM_PROMPT: Reasons = {
  'a developer message': 'one system role',
  'two system messages, in parts': 'one system prompt of two parts',
  'a system message between turns': 'one system prompt, at the front',
  'two user messages in a row': 'turns of one role merge',
  'named participants': 'messages have no names',
  'empty and blank contents': 'empty texts are refused',
  'a refusal in the history': 'a refusal is a text',
}
const REFUSALS_ARE_TEXTS: Reasons = { 'a refusal': 'a refusal is a text' }

const LOSSES: Readonly<Record<string, Losses>> = {
  'openai-chat': {
    requests: {
      'a failed tool and one that answered nothing': 'no mark of failure',
      'a cache mark on a tool': 'no cache marks',
      'an image in a tool result': 'media are shown in a user message after the results',
      'cache marks on messages and parts': 'no cache marks',
      'a thinking budget': 'sent as reasoning_effort',
      'thinking disabled': 'no such switch',
      'thinking blocks in the history': 'thinking is not taken back',
      sampling: 'no top_k',
    },
    replies: {},
    streams: {},
  },
  'anthropic-messages': {
    requests: {
      ...ONE_SYSTEM_PROMPT,
      'tool results without the tools': 'their tools are defined by name',
      'a tool without parameters': 'an empty schema is required',
      'parallel_tool_calls off': 'the switch sits in tool_choice',
      'an image by URL': 'no detail setting',
      audio: 'refused',
      'cache marks on messages and parts': 'a message’s mark moves to its last part',
      'reasoning_effort none': 'thinking is off unless asked for',
      'reasoning_effort low': 'sent as a thinking budget',
      'reasoning_effort high': 'sent as a thinking budget',
      json_object: 'sent as an instruction',
      json_schema: 'schemas have no name',
      'json_schema beside tools': 'schemas have no name',
      'several stop texts': 'no stop sequences of white space',
      'n above one': 'one answer at a time',
      'a seed': 'no seed',
      logprobs: 'no logprobs',
      penalties: 'no penalties',
      sampling: 'temperature or top_p, not both',
      'temperature above one': 'at most 1',
      'user, store and metadata': 'no store, and no metadata but the user',
      'service tier, verbosity, cache key': 'no such parameters',
    },
    replies: {
      ...REFUSALS_ARE_TEXTS,
      'a tool call whose arguments are no JSON': 'arguments are an object',
      'unsigned reasoning': 'thinking has a signature, if an empty one',
      'two choices': 'one answer at a time',
      'no usage': 'usage is always stated',
    },
    streams: {
      ...REFUSALS_ARE_TEXTS,
      'unsigned reasoning, then text': 'thinking has a signature, if an empty one',
      'no usage': 'usage is always stated',
    },
  },
  'bedrock-converse': {
    requests: {
      ...ONE_SYSTEM_PROMPT,
      'a tool without parameters': 'an empty schema is required',
      'tool_choice auto': 'is what happens anyway',
      'tool_choice none': 'the tools are left out',
      'tool results without the tools': 'the tools are defined by name',
      'an image by URL': 'refused',
      'a PDF': 'files have other names',
      'a file by id': 'refused',
      audio: 'refused',
      'cache marks on messages and parts': 'a message’s mark moves to its last part',
      'reasoning_effort none': 'thinking is off unless asked for',
      'reasoning_effort low': 'sent as a thinking budget',
      'reasoning_effort high': 'sent as a thinking budget',
      json_object: 'sent as an instruction',
      json_schema: 'schemas are not marked as strict',
      'several stop texts': 'no stop sequences of white space',
      'n above one': 'one answer at a time',
      'a seed': 'no seed',
      logprobs: 'no logprobs',
      penalties: 'no penalties',
      sampling: 'temperature or top_p, not both',
      'temperature above one': 'at most 1',
      'user, store and metadata': 'no such parameters',
      'service tier, verbosity, cache key': 'no such parameters',
    },
    replies: {
      ...REFUSALS_ARE_TEXTS,
      'a tool call whose arguments are no JSON': 'arguments are an object',
      'unsigned reasoning': 'thinking comes back as blocks too',
      'two choices': 'one answer at a time',
      'cached and reasoning tokens': 'reasoning is not counted apart',
      'no usage': 'usage is always stated',
    },
    streams: {
      ...REFUSALS_ARE_TEXTS,
      'unsigned reasoning, then text': 'thinking comes back as blocks too',
      'no usage': 'usage is always stated',
    },
  },
  gemini: {
    requests: {
      ...ONE_SYSTEM_PROMPT,
      'two tools, one strict': 'no strict switch',
      'tool_choice naming a function': 'no strict switch',
      'parallel_tool_calls off': 'no such switch',
      'a failed tool and one that answered nothing': 'no strict switch',
      'a cache mark on a tool': 'no cache marks',
      'an image by URL': 'no detail per image; the type is stated',
      'an image in a tool result': 'media stand beside the result',
      'a PDF': 'files have no names',
      'a file by id': 'refused',
      'cache marks on messages and parts': 'no cache marks',
      'reasoning_effort none': 'sent as a thinking budget',
      'reasoning_effort low': 'sent as a thinking budget',
      'reasoning_effort high': 'sent as a thinking budget',
      'thinking blocks in the history': 'signed thoughts only',
      json_schema: 'schemas have no name',
      'json_schema beside tools': 'schemas have no name',
      penalties: 'no logit_bias',
      'user, store and metadata': 'no such parameters',
      'service tier, verbosity, cache key': 'no such parameters',
    },
    replies: {
      ...REFUSALS_ARE_TEXTS,
      'a tool call whose arguments are no JSON': 'refused',
      'unsigned reasoning': 'thoughts come back as blocks too',
    },
    streams: { ...REFUSALS_ARE_TEXTS, 'unsigned reasoning, then text': 'thoughts come back as blocks too' },
  },
}

/** A new codec starts without losses, and must name each one it cannot help. */
export function knownLosses(format: string): Losses {
  return LOSSES[format] ?? { requests: {}, replies: {}, streams: {} }
}
