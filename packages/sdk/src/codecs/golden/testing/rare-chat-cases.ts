import type { ChatMessage, ContentPart } from '../../../types/chat.ts'
import type { GoldenRequest } from './chat-cases.ts'

const PNG = 'data:image/png;base64,iVBORw0KGgo='
const GIF = 'data:image/gif;base64,R0lGODlh'

const hello: ChatMessage = { role: 'user', content: 'Hello' }
const asks = (...content: ContentPart[]): ChatMessage => ({ role: 'user', content })

/** Definitions that refer to themselves, alternatives, a list, a constant, an enumeration. */
const TREE = {
  type: 'object',
  properties: {
    root: { $ref: '#/$defs/node' },
    kind: { const: 'tree' },
    order: { type: 'string', enum: ['up', 'down'] },
    note: { anyOf: [{ type: 'string' }, { type: 'null' }] },
  },
  required: ['root', 'kind', 'order', 'note'],
  additionalProperties: false,
  $defs: {
    node: {
      type: 'object',
      properties: {
        value: { type: 'integer', minimum: 0 },
        children: { type: 'array', items: { $ref: '#/$defs/node' } },
      },
      required: ['value', 'children'],
      additionalProperties: false,
    },
  },
}

/** What few clients ask, and what is easily lost when they do. */
export const RARE_CASES: Readonly<Record<string, GoldenRequest>> = {
  'a file by URL': {
    messages: [
      asks(
        { type: 'file', file: { file_id: 'https://files.example/a.pdf', format: 'application/pdf' } },
        { type: 'text', text: 'Sum it up' },
      ),
    ],
  },
  'a video by URL': {
    messages: [
      asks(
        { type: 'video_url', video_url: { url: 'https://videos.example/a.mp4' } },
        { type: 'text', text: 'What happens?' },
      ),
    ],
  },
  'an image with little detail': {
    messages: [asks({ type: 'image_url', image_url: { url: PNG, detail: 'low' } })],
  },
  'two images between texts': {
    messages: [
      asks(
        { type: 'text', text: 'Compare' },
        { type: 'image_url', image_url: { url: PNG } },
        { type: 'text', text: 'with' },
        { type: 'image_url', image_url: { url: GIF } },
        { type: 'text', text: 'please' },
      ),
    ],
  },
  'adaptive thinking': { messages: [hello], thinking: { type: 'adaptive' }, max_tokens: 4000 },
  'reasoning_effort minimal': { messages: [hello], reasoning_effort: 'minimal' },
  'reasoning without blocks in the history': {
    messages: [
      hello,
      { role: 'assistant', content: 'Hi.', reasoning_content: 'They greet me.' },
      { role: 'user', content: 'Go on' },
    ],
  },
  'a tool with a very long name': {
    messages: [hello],
    tools: [
      { type: 'function', function: { name: `look_up_${'x'.repeat(72)}`, parameters: { type: 'object' } } },
    ],
  },
  'a deep schema of an answer': {
    messages: [hello],
    response_format: { type: 'json_schema', json_schema: { name: 'tree', strict: true, schema: TREE } },
  },
  'a deep schema of a tool': {
    messages: [hello],
    tools: [{ type: 'function', function: { name: 'plant', strict: true, parameters: TREE } }],
  },
  'a search of the web': {
    messages: [hello],
    web_search_options: {
      search_context_size: 'low',
      user_location: { type: 'approximate', approximate: { country: 'NL', city: 'Utrecht' } },
    },
  },
  'a spoken answer': {
    messages: [hello],
    modalities: ['text', 'audio'],
    audio: { voice: 'alloy', format: 'mp3' },
  },
  'a predicted answer': {
    messages: [hello],
    prediction: { type: 'content', content: 'Hello there.' },
  },
  'a stop text that is empty': { messages: [hello], stop: '' },
}
