import { describe, expect, test } from 'vitest'
import { chunkOf, replyOf, wireOf } from '../testing/wire-of.ts'

const tool = {
  type: 'function',
  function: {
    name: 'look',
    strict: true,
    parameters: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      additionalProperties: false,
      properties: { $id: { type: 'string' }, deep: { type: 'object', additionalProperties: false } },
    },
  },
}

describe('requests', () => {
  const mistral = wireOf('mistral', 'mistral-large-latest')

  test('"required" is Mistral’s "any"; a named tool stays named', () => {
    expect(mistral.sends({ tools: [tool], tool_choice: 'required' }).body.tool_choice).toBe('any')
    const named = { type: 'function', function: { name: 'look' } }
    expect(mistral.sends({ tools: [tool], tool_choice: named }).body.tool_choice).toEqual(named)
  })

  test('schemas lose the keywords Mistral refuses, and no property of that name', () => {
    const { body } = mistral.sends({ tools: [tool] })
    expect(body.tools).toEqual([
      {
        type: 'function',
        function: {
          name: 'look',
          parameters: { type: 'object', properties: { $id: { type: 'string' }, deep: { type: 'object' } } },
        },
      },
    ])
    expect(mistral.warnings.map(({ param }) => param).sort()).toEqual([
      'tools.$schema',
      'tools.additionalProperties',
      'tools.strict',
    ])
  })

  test('only tools’ results have names, empty answers are left out, and a prefix passes', () => {
    const { body } = mistral.sends({
      messages: [
        { role: 'user', content: 'hi', name: 'ann' },
        { role: 'assistant', content: '' },
        { role: 'tool', content: '1', tool_call_id: 'c', name: 'look' },
        { role: 'assistant', content: 'Sure', prefix: true },
      ],
    })
    expect(body.messages).toEqual([
      { role: 'user', content: 'hi' },
      { role: 'tool', content: '1', tool_call_id: 'c', name: 'look' },
      { role: 'assistant', content: 'Sure', prefix: true },
    ])
    expect(mistral.warnings.map(({ param }) => param)).toEqual(['messages[0].name', 'messages[1]'])
  })

  test('files are documents, recordings are bare', () => {
    const { body } = mistral.sends({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'file', file: { file_id: 'f-1' } },
            { type: 'file', file: { file_id: 'https://x.example/a.pdf' } },
            { type: 'file', file: { file_data: 'JVBE', filename: 'a.pdf' } },
            { type: 'input_audio', input_audio: { data: 'UklG', format: 'wav' } },
          ],
        },
      ],
    })
    expect(body.messages).toMatchObject([
      {
        content: [
          { type: 'file', file_id: 'f-1' },
          { type: 'document_url', document_url: 'https://x.example/a.pdf' },
          {
            type: 'document_url',
            document_url: 'data:application/pdf;base64,JVBE',
            document_name: 'a.pdf',
          },
          { type: 'input_audio', input_audio: 'UklG' },
        ],
      },
    ])
  })

  test('an effort is a mode for Magistral, itself for models that have one, and refused by the others', () => {
    const magistral = wireOf('mistral', 'magistral-medium-latest')
    expect(magistral.sends({ reasoning_effort: 'high' }).body).toMatchObject({ prompt_mode: 'reasoning' })
    expect(magistral.warnings).toMatchObject([{ action: 'approximated', param: 'reasoning_effort' }])
    expect(wireOf('mistral', 'mistral-small-latest').sends({ reasoning_effort: 'high' }).body).toMatchObject({
      reasoning_effort: 'high',
    })
    expect(() => mistral.sends({ reasoning_effort: 'high' })).toThrow(/reasoning_effort/)
  })

  test('thinking goes back to models that think', () => {
    const messages = [
      { role: 'user' as const, content: 'q' },
      { role: 'assistant' as const, content: 'a', reasoning_content: 'hm' },
      { role: 'user' as const, content: 'q2' },
    ]
    expect(wireOf('mistral', 'magistral-small-latest').sends({ messages }).body.messages).toMatchObject([
      {},
      {
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
          { type: 'text', text: 'a' },
        ],
      },
      {},
    ])
    expect(JSON.stringify(mistral.sends({ messages }).body)).not.toContain('hm')
    expect(mistral.warnings).toMatchObject([{ param: 'messages[1].reasoning_content' }])
  })
})

describe('replies', () => {
  const mistral = wireOf('mistral')

  test('pieces of thinking become reasoning_content, whole and streamed', () => {
    const content = [
      {
        type: 'thinking',
        thinking: [
          { type: 'text', text: 'Hm, ' },
          { type: 'text', text: 'so.' },
        ],
      },
      { type: 'text', text: 'Four.' },
    ]
    expect(mistral.reads(replyOf({ content })).choices[0]?.message).toMatchObject({
      content: 'Four.',
      reasoning_content: 'Hm, so.',
    })
    const chunks = mistral.streams([
      chunkOf({ content: [content[0]] }),
      chunkOf({ content: 'Fo' }),
      chunkOf({ content: 'ur.' }, {}, 'stop'),
    ])
    expect(chunks.map(({ choices }) => choices[0]?.delta)).toEqual([
      { content: null, reasoning_content: 'Hm, so.' },
      { content: 'Fo' },
      { content: 'ur.' },
    ])
  })

  test('an empty text beside calls is none, and `model_length` is a length', () => {
    const calls = [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }]
    const [choice] = mistral.reads(replyOf({ content: '', tool_calls: calls }, {}, 'tool_calls')).choices
    expect(choice?.message.content).toBeNull()
    const [cut] = mistral.reads(replyOf({ content: 'x' }, {}, 'model_length')).choices
    expect(cut).toMatchObject({
      finish_reason: 'length',
      provider_specific_fields: { native_finish_reason: 'model_length' },
    })
  })

  test('an answer that Mistral could not finish is an error, not an answer', () => {
    expect(() => mistral.reads(replyOf({ content: 'x' }, {}, 'error'))).toThrow(/broke the answer off/)
  })
})
