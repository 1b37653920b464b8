import { describe, expect, test } from 'vitest'
import type { ChatRequest } from '../../../types/chat.ts'
import type { Warning } from '../../../types/warning.ts'
import type { CallInfo } from '../../codec.ts'
import { encodeRequest } from './request.ts'

const CLAUDE = 'anthropic.claude-sonnet-4-5-20250929-v1:0'
const NOVA2 = 'amazon.nova-2-lite-v1:0'
const hello: ChatRequest['messages'] = [{ role: 'user', content: 'Hello' }]
const weather = { type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }

function encode(model: string, request: Partial<ChatRequest>, over: Partial<CallInfo> = {}) {
  const warnings: Warning[] = []
  const info: CallInfo = {
    id: 'call-1',
    now: 0,
    model,
    stream: false,
    deployment: { id: 'd', group: 'g', provider: 'bedrock', model },
    warn: warning => void warnings.push(warning),
    ...over,
  }
  const { body } = encodeRequest({ model, messages: hello, ...request }, info)
  return { body, warned: warnings.map(({ action, param }) => `${action} ${param}`) }
}

describe('thinking in the words of the maker', () => {
  test.each([
    [NOVA2, 'medium', { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'medium' } }],
    [NOVA2, 'none', { reasoningConfig: { type: 'disabled' } }],
    ['openai.gpt-oss-120b-1:0', 'minimal', { reasoning_effort: 'low' }],
    [CLAUDE, 'medium', { thinking: { type: 'enabled', budget_tokens: 2048 } }],
    [
      'global.anthropic.claude-opus-4-6-v1',
      'max',
      { thinking: { type: 'adaptive' }, output_config: { effort: 'max' } },
    ],
  ])('%s, %s', (model, reasoning_effort, fields) => {
    expect(encode(model, { reasoning_effort }).body.additionalModelRequestFields).toEqual(fields)
  })

  test('Nova at its highest effort wants no limit and no sampling', () => {
    const { body, warned } = encode(NOVA2, { reasoning_effort: 'high', max_tokens: 9, temperature: 0.1 })
    expect(body).not.toHaveProperty('inferenceConfig')
    expect(warned).toEqual(['dropped temperature', 'dropped max_tokens'])
  })

  test('a limit below the budget is raised above it, and that is told', () => {
    const thinking = { type: 'enabled' as const, budget_tokens: 2000 }
    const { body, warned } = encode(CLAUDE, { thinking, max_tokens: 500 })
    expect(body.inferenceConfig).toEqual({ maxTokens: 2500 })
    expect(warned).toEqual(['approximated max_tokens'])
  })

  test('a model that thinks cannot be forced: the choice is relaxed', () => {
    const thinking = { type: 'enabled' as const, budget_tokens: 1024 }
    const { body, warned } = encode(CLAUDE, { thinking, tools: [weather], tool_choice: 'required' })
    expect(body.toolConfig).not.toHaveProperty('toolChoice')
    expect(warned).toEqual(['approximated tool_choice'])
  })
})

describe('conversations', () => {
  const greeting: ChatRequest['messages'] = [{ role: 'assistant', content: 'Hi.' }, ...hello]

  test('one that does not start with the user is refused with the remedy, or repaired when that is wanted', () => {
    expect(() => encode(CLAUDE, { messages: greeting })).toThrow(/modify_params/)
    const repaired = encode(CLAUDE, { messages: greeting }, { modifyParams: true })
    expect(repaired.body.messages).toMatchObject([
      { role: 'user', content: [{ text: 'Please continue.' }] },
      { role: 'assistant' },
      { role: 'user' },
    ])
    expect(repaired.warned).toEqual(['approximated messages'])
    const given = encode(CLAUDE, {
      messages: greeting,
      user_continue_message: { role: 'user', content: 'Go.' },
    })
    expect(given.body.messages).toMatchObject([{ content: [{ text: 'Go.' }] }, {}, {}])
  })

  test('a document alone gets a text beside it when repairs are wanted', () => {
    const file = { type: 'file' as const, file: { file_data: 'data:application/pdf;base64,AA==' } }
    const lone: ChatRequest['messages'] = [{ role: 'user', content: [file, file] }]
    const { body, warned } = encode(CLAUDE, { messages: lone }, { modifyParams: true })
    expect(body.messages).toMatchObject([
      {
        content: [
          { document: { name: 'document' } },
          { document: { name: 'document (2)' } },
          { text: 'Please continue.' },
        ],
      },
    ])
    expect(warned).toEqual(['approximated messages'])
  })

  test('ids of calls that AWS refuses are spelled alike on both sides', () => {
    const id = 'call.with:dots'
    const { body } = encode(CLAUDE, {
      messages: [
        ...hello,
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id, type: 'function', function: { name: 'weather', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: id, content: 'sun' },
      ],
      tools: [weather],
    })
    const ids = JSON.stringify(body).match(/"toolUseId":"[^"]+"/g) ?? []
    expect(ids).toHaveLength(2)
    expect(ids[0]).toBe(ids[1])
    expect(ids[0]).toMatch(/"call_[0-9a-f]{32}"/)
  })

  test('with a guardrail the last user turns are what it looks at, unless the caller says', () => {
    const guardrailConfig = { guardrailIdentifier: 'g', guardrailVersion: '1' }
    const messages: ChatRequest['messages'] = [...hello, { role: 'assistant', content: 'Hi.' }, ...hello]
    const { body } = encode(CLAUDE, { messages, guardrailConfig })
    expect(body).toMatchObject({
      guardrailConfig,
      messages: [
        { content: [{ text: 'Hello' }] },
        {},
        { content: [{ guardContent: { text: { text: 'Hello' } } }] },
      ],
    })
    const stated = encode(CLAUDE, {
      guardrailConfig,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'guarded_text', text: 'This' },
            { type: 'text', text: 'that' },
          ],
        },
      ],
    })
    expect(stated.body.messages).toMatchObject([
      { content: [{ guardContent: { text: { text: 'This' } } }, { text: 'that' }] },
    ])
  })
})

test('behind an ARN the base model tells what can be asked; without one, what is left out is told', () => {
  const arn = 'arn:aws:bedrock:us-east-1:1:application-inference-profile/abc'
  const asked = { reasoning_effort: 'low', top_k: 3, web_search_options: {} }
  const unknown = encode(arn, asked)
  expect(unknown.body).not.toHaveProperty('additionalModelRequestFields')
  expect(unknown.warned).toEqual(['dropped web_search_options', 'dropped reasoning_effort', 'dropped top_k'])
  const deployment = { id: 'd', group: 'g', provider: 'bedrock', model: arn, baseModel: NOVA2 }
  expect(encode(arn, asked, { deployment }).body.additionalModelRequestFields).toEqual({
    reasoningConfig: { type: 'enabled', maxReasoningEffort: 'low' },
    inferenceConfig: { topK: 3 },
  })
})

describe('media', () => {
  const part = (content: unknown) =>
    encode('amazon.nova-pro-v1:0', { messages: [{ role: 'user', content: [content as never] }] }).body
      .messages

  test.each([
    [
      { type: 'video_url', video_url: { url: 's3://bucket/a.3gp' } },
      { video: { format: 'three_gp', source: { s3Location: { uri: 's3://bucket/a.3gp' } } } },
    ],
    [
      { type: 'image_url', image_url: 'data:image/jpg;base64,AA==' },
      { image: { format: 'jpeg', source: { bytes: 'AA==' } } },
    ],
    [
      { type: 'file', file: { file_id: 's3://bucket/report.docx', filename: 'My  report.docx' } },
      {
        document: {
          format: 'docx',
          name: 'My report-docx',
          source: { s3Location: { uri: 's3://bucket/report.docx' } },
        },
      },
    ],
    [
      { type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } },
      { audio: { format: 'wav', source: { bytes: 'AA==' } } },
    ],
  ])('%j', (given, block) => {
    expect(part(given)).toEqual([{ role: 'user', content: [block] }])
  })

  test('files of unknown types are refused, naming what can be read', () => {
    const file = { type: 'file', file: { file_data: 'data:application/zip;base64,AA==' } }
    expect(() => part(file)).toThrow(/application\/zip.*docx/)
  })
})

describe('what a model has not', () => {
  const mark = { type: 'ephemeral', ttl: '1h' }

  test('caches', () => {
    const messages: ChatRequest['messages'] = [{ role: 'user', content: 'Hello', cache_control: mark }]
    expect(encode('meta.llama3-8b-instruct-v1:0', { messages }).warned).toEqual([
      'dropped messages[0].cache_control',
    ])
    const nova = encode('amazon.nova-pro-v1:0', { messages, tools: [{ ...weather, cache_control: mark }] })
    expect(nova.warned).toEqual([
      'dropped tools[0].cache_control',
      'approximated messages[0].cache_control.ttl',
    ])
    expect(nova.body.messages).toMatchObject([{ content: [{}, { cachePoint: { type: 'default' } }] }])
  })

  test('Claude’s own tools go among Claude’s own fields, and nowhere else', () => {
    const computer = {
      type: 'computer_20250124',
      name: 'computer',
      display_width_px: 9,
      display_height_px: 9,
    }
    const { body } = encode('anthropic.claude-3-7-sonnet-20250219-v1:0', { tools: [computer] })
    expect(body.additionalModelRequestFields).toEqual({
      tools: [computer],
      anthropic_beta: ['computer-use-2025-01-24'],
    })
    expect(body).not.toHaveProperty('toolConfig')
    expect(() => encode('amazon.nova-pro-v1:0', { tools: [computer] })).toThrow(/computer_20250124/)
  })

  test('web search is Nova’s grounding', () => {
    const { body } = encode('amazon.nova-pro-v1:0', { web_search_options: {} })
    expect(body.toolConfig).toEqual({ tools: [{ systemTool: { name: 'nova_grounding' } }] })
  })

  test('top_k stands where each maker has it', () => {
    expect(encode('amazon.nova-pro-v1:0', { top_k: 3 }).body.additionalModelRequestFields).toEqual({
      inferenceConfig: { topK: 3 },
    })
    expect(encode(CLAUDE, { top_k: 3 }).body.additionalModelRequestFields).toEqual({ top_k: 3 })
  })
})

test('metadata that AWS would refuse is refused here', () => {
  expect(encode(CLAUDE, { requestMetadata: { team: 'search' } }).body.requestMetadata).toEqual({
    team: 'search',
  })
  expect(() => encode(CLAUDE, { requestMetadata: { team: 'a|b' } })).toThrow(/requestMetadata\.team/)
  const many = Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`k${index}`, 'v']))
  expect(() => encode(CLAUDE, { requestMetadata: many })).toThrow(/at most 16/)
})
