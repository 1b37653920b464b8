import type { JsonObject } from '../../types/json.ts'

/** Something a caller may say below the top level, and the same request without it. */
export interface NestedSample {
  readonly asked: JsonObject
  readonly plain: JsonObject
  /** How receipts of its loss begin. */
  readonly at: readonly string[]
}

const PNG =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const PDF = 'data:application/pdf;base64,JVBERi0xLjQK'
const EPHEMERAL = { type: 'ephemeral' }

const hello = { role: 'user', content: 'Hello' }
const text = { type: 'text', text: 'Look.' }
const said = (...content: JsonObject[]) => ({ messages: [{ role: 'user', content }] })
const after = (...messages: JsonObject[]) => ({ messages: [hello, ...messages, hello] })

const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const weather = { name: 'weather', description: 'The weather.', parameters }
const tool = { type: 'function', function: weather }
const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Bern"}' } }
const called = { role: 'assistant', content: null, tool_calls: [call] }
const result = { role: 'tool', tool_call_id: 'call_1', content: 'Sunny' }
const tooled = (assistant: JsonObject, answer: JsonObject) => ({
  messages: [hello, assistant, answer],
  tools: [tool],
})

function message(asked: JsonObject, plain: JsonObject, ...at: string[]): NestedSample {
  return { asked, plain, at: ['messages', ...at] }
}

function part(given: JsonObject, plain?: JsonObject): NestedSample {
  return message(said(text, given), said(text, ...(plain ? [plain] : [])))
}

function tools(asked: JsonObject, plain: JsonObject): NestedSample {
  const choice = asked.tool_choice && { tool_choice: asked.tool_choice }
  return {
    asked: { tools: [tool], ...asked },
    plain: { tools: [tool], ...plain },
    at: [choice ? 'tool' : 'tools'],
  }
}

const image = (more: JsonObject) => ({ type: 'image_url', image_url: { url: PNG, ...more } })
const schema = (more: JsonObject) => ({
  response_format: { type: 'json_schema', json_schema: { name: 'place', schema: parameters, ...more } },
})

const format = (asked: JsonObject, plain: JsonObject): NestedSample => ({
  asked,
  plain,
  at: ['response_format'],
})

/**
 * What lies deeper than a parameter, one at a time. A schema's `name` is a label that OpenAI demands, and its `strict`
 * is how all others take schemas anyway: neither asks for anything that could be lost.
 */
export const NESTED_SAMPLES: Readonly<Record<string, NestedSample>> = {
  'a name of a user': message({ messages: [{ ...hello, name: 'ann' }] }, { messages: [hello] }),
  'a name of an assistant': message(
    after({ role: 'assistant', content: 'Hi', name: 'bob' }),
    after({ role: 'assistant', content: 'Hi' }),
  ),
  'a name of a system message': message(
    { messages: [{ role: 'system', content: 'Be brief.', name: 'sys' }, hello] },
    { messages: [{ role: 'system', content: 'Be brief.' }, hello] },
  ),
  'a cache mark on a message': message(
    { messages: [{ ...hello, cache_control: EPHEMERAL }] },
    { messages: [hello] },
    'cache_control',
  ),
  'a cache mark on a system message': message(
    { messages: [{ role: 'system', content: 'Be brief.', cache_control: EPHEMERAL }, hello] },
    { messages: [{ role: 'system', content: 'Be brief.' }, hello] },
    'cache_control',
  ),
  'a cache mark on a part': message(said({ ...text, cache_control: EPHEMERAL }), said(text), 'cache_control'),
  'a cache mark on a part of a system message': message(
    { messages: [{ role: 'system', content: [{ ...text, cache_control: EPHEMERAL }] }, hello] },
    { messages: [{ role: 'system', content: [text] }, hello] },
    'cache_control',
  ),
  'a cache mark on an assistant message': message(
    after({ role: 'assistant', content: 'Hi', cache_control: EPHEMERAL }),
    after({ role: 'assistant', content: 'Hi' }),
    'cache_control',
  ),
  'a cache mark on a tool result': message(
    tooled(called, { ...result, cache_control: EPHEMERAL }),
    tooled(called, result),
    'cache_control',
  ),
  'a cache mark on a tool': tools({ tools: [{ ...tool, cache_control: EPHEMERAL }] }, {}),
  'an image': part(image({})),
  'the detail of an image': part(image({ detail: 'high' }), image({})),
  'the format of an image': message(
    said(text, { type: 'image_url', image_url: { url: 'https://x.example/a', format: 'image/webp' } }),
    said(text, { type: 'image_url', image_url: { url: 'https://x.example/a' } }),
  ),
  'a recording': part({ type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } }),
  'a file': part({ type: 'file', file: { file_data: PDF, filename: 'a.pdf' } }),
  'the name of a file': part(
    { type: 'file', file: { file_data: PDF, filename: 'a.pdf' } },
    { type: 'file', file: { file_data: PDF } },
  ),
  'a file by id': part({ type: 'file', file: { file_id: 'file-1' } }),
  'a video': part({ type: 'video_url', video_url: { url: 'data:video/mp4;base64,AAAA' } }),
  'a part of unknown kind': part({ type: 'hologram', hologram: { url: 'https://x.example/h' } }),
  'a text part marked for guarding': part({ type: 'guarded_text', text: 'Secret' }),
  'a document of Anthropic': part({
    type: 'document',
    source: { type: 'text', media_type: 'text/plain', data: 'Bern' },
  }),
  'a refusal part': message(
    after({ role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] }),
    after({ role: 'assistant', content: [] }),
  ),
  'a refusal': message(
    after({ role: 'assistant', content: null, refusal: 'No.' }),
    after({ role: 'assistant', content: null }),
  ),
  'reasoning in the history': message(
    after({ role: 'assistant', content: 'Hi', reasoning_content: 'I think.' }),
    after({ role: 'assistant', content: 'Hi' }),
  ),
  'reasoning beside a call': message(
    tooled({ ...called, reasoning_content: 'I think.' }, result),
    tooled(called, result),
  ),
  'thinking in the history': message(
    tooled(
      { ...called, thinking_blocks: [{ type: 'thinking', thinking: 'I think.', signature: 'c2ln' }] },
      result,
    ),
    tooled(called, result),
  ),
  'redacted thinking': message(
    tooled({ ...called, thinking_blocks: [{ type: 'redacted_thinking', data: 'ZGF0YQ==' }] }, result),
    tooled(called, result),
  ),
  'a text beside calls': message(
    tooled({ ...called, content: 'Let me see.' }, result),
    tooled(called, result),
  ),
  'audio of an earlier answer': message(
    after({ role: 'assistant', content: null, audio: { id: 'audio_1' } }),
    after({ role: 'assistant', content: null }),
  ),
  'a call in the history': message(after(called, result), after()),
  'a legacy function call': message(
    after(
      { role: 'assistant', content: null, function_call: { name: 'weather', arguments: '{}' } },
      { role: 'function', name: 'weather', content: 'Sunny' },
    ),
    after(),
  ),
  'an image in a tool result': message(
    tooled(called, { ...result, content: [text, image({})] }),
    tooled(called, { ...result, content: [text] }),
  ),
  'a file in a tool result': message(
    tooled(called, {
      ...result,
      content: [text, { type: 'file', file: { file_data: PDF, filename: 'a.pdf' } }],
    }),
    tooled(called, { ...result, content: [text] }),
  ),
  'a failed tool': message(tooled(called, { ...result, is_error: true }), tooled(called, result)),
  'images of an earlier answer': message(
    after({ role: 'assistant', content: 'Here', images: [image({})] }),
    after({ role: 'assistant', content: 'Here' }),
  ),
  'an unknown field of a message': message(
    { messages: [{ ...hello, mood: 'merry' }] },
    { messages: [hello] },
  ),
  'a developer message': message(
    { messages: [{ role: 'developer', content: 'Be brief.' }, hello] },
    { messages: [hello] },
  ),
  'a strict tool': tools({ tools: [{ type: 'function', function: { ...weather, strict: true } }] }, {}),
  'the description of a tool': tools(
    {},
    { tools: [{ type: 'function', function: { name: 'weather', parameters } }] },
  ),
  'a tool of unknown kind': tools({ tools: [tool, { type: 'crystal_ball', size: 3 }] }, {}),
  'a custom tool': tools({ tools: [tool, { type: 'custom', custom: { name: 'code' } }] }, {}),
  'a hosted web search': tools({ tools: [tool, { type: 'web_search_preview' }] }, {}),
  'no tool wanted': tools({ tool_choice: 'none' }, {}),
  'some tool wanted': tools({ tool_choice: 'required' }, {}),
  'one tool wanted': tools({ tool_choice: { type: 'function', function: { name: 'weather' } } }, {}),
  'some of the tools wanted': tools(
    {
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'weather' } }] },
      },
    },
    {},
  ),
  'one call at a time': { ...tools({ parallel_tool_calls: false }, {}), at: ['parallel_tool_calls'] },
  'any JSON': format({ response_format: { type: 'json_object' } }, {}),
  'JSON by a schema': format(schema({}), { response_format: { type: 'json_object' } }),
  'the description of a schema': format(schema({ description: 'A place.' }), schema({})),
  'a grammar': format({ response_format: { type: 'grammar', grammar: 'root ::= "a"' } }, {}),
  'how many likely tokens': {
    asked: { logprobs: true, top_logprobs: 3 },
    plain: { logprobs: true },
    at: ['top_logprobs'],
  },
}
