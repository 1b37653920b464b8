import { startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CallInfo } from '../../../codecs/codec.ts'
import type { WireEvent } from '../../../types/stream.ts'
import type { Provider } from '../../provider.ts'
import { ProviderCaller } from '../../testing/provider-caller.ts'
import { autoRouter } from '../auto-router.ts'
import { a2a, pydanticAiAgents } from './a2a.ts'
import { langflow } from './langflow.ts'
import { langgraph } from './langgraph.ts'
import { manus } from './manus.ts'

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream({ wires: ['a2a', 'langflow', 'langgraph', 'manus'] })
})
afterAll(() => upstream.close())

const messages = [{ role: 'user' as const, content: 'Hello there' }]
const info: CallInfo = {
  ...{ id: 'c1', now: 0, model: 'm', stream: true },
  deployment: { id: 'd', group: 'g', provider: 'p', model: 'm' },
  warn() {},
}

/** What a provider makes of a stream's events. */
function decoded({ endpoints }: Provider, events: readonly WireEvent[]): string {
  const decoder = endpoints.chat?.[0]?.codec.upstream.decodeStream?.(info)
  if (decoder === undefined) throw new Error('It streams.')
  const chunks = [...events.flatMap(event => [...decoder.push(event)]), ...decoder.end()]
  return chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')
}

const whole = ({ endpoints }: Provider, body: unknown) =>
  endpoints.chat?.[0]?.codec.upstream.decodeResponse(body, info).choices[0]

describe('A2A', () => {
  const deployment = () => ({ model: 'an-agent', apiBase: upstream.baseUrl('a2a') })
  const rpc = (result: unknown) => ({ jsonrpc: '2.0', id: '1', result })

  test('a task that is still at work is looked at until it has done', async () => {
    upstream.reset()
    upstream.script({ job: { runningPolls: 1 } })
    const reply = await new ProviderCaller(a2a).whole({
      endpoint: 'chat',
      deployment: deployment(),
      request: { messages, context_id: 'ctx-1', metadata: { ticket: '7' } },
    })
    expect(reply.choices[0]).toMatchObject({
      message: { content: 'You said: Hello there' },
      provider_specific_fields: {
        context_id: 'context-testkit',
        task_id: 'task-testkit',
        task_state: 'completed',
      },
    })
    const asked = upstream.requests.map(({ body }) => body as { method: string; params: unknown })
    expect(asked.map(({ method }) => method)).toEqual(['message/send', 'tasks/get', 'tasks/get'])
    expect(asked[0]?.params).toMatchObject({ message: { contextId: 'ctx-1' }, metadata: { ticket: '7' } })
  })

  test.each([
    ['failed', 'bad_gateway'],
    ['rejected', 'bad_request'],
    ['auth-required', 'permission'],
  ])('a task that ended as %s is an error in the agent’s words', (state, kind) => {
    const message = { role: 'agent', parts: [{ kind: 'text', text: 'No luck.' }] }
    expect(() => whole(a2a, rpc({ kind: 'task', id: 't', status: { state, message } }))).toThrow(
      expect.objectContaining({ kind, message: expect.stringContaining('No luck.') as string }),
    )
  })

  test('a JSON-RPC error is an error by its code', () => {
    const error = { code: -32001, message: 'Task not found' }
    expect(() => whole(a2a, { jsonrpc: '2.0', id: '1', error })).toThrow(
      expect.objectContaining({ kind: 'not_found', code: '-32001' }),
    )
  })

  test('an agent that asks back answers with its question; files are kept beside the text', () => {
    const parts = [
      { kind: 'text', text: 'Which city?' },
      { kind: 'file', file: { uri: 'https://a.example/x.png' } },
    ]
    const task = { kind: 'task', id: 't', status: { state: 'input-required', message: { parts } } }
    expect(whole(a2a, rpc(task))).toMatchObject({
      message: { content: 'Which city?' },
      provider_specific_fields: { task_state: 'input-required', files: [{ uri: 'https://a.example/x.png' }] },
    })
  })

  test('an agent of Pydantic AI is asked without a stream, whatever the caller wants', async () => {
    upstream.reset()
    await new ProviderCaller(pydanticAiAgents).whole({
      endpoint: 'chat',
      deployment: deployment(),
      request: { messages, stream: false },
    })
    expect(upstream.requests.at(-1)?.body).toMatchObject({ method: 'message/send' })
    expect(pydanticAiAgents.endpoints.chat?.[0]?.codec.upstream.decodeStream).toBeUndefined()
  })

  test('without an address it asks for one', async () => {
    const error = await new ProviderCaller(a2a).failure({
      endpoint: 'chat',
      deployment: { model: 'm' },
      request: { messages },
    })
    expect(error).toMatchObject({ kind: 'bad_request', param: 'api_base' })
  })
})

describe('LangGraph', () => {
  const event = (name: string, data: unknown) => ({ event: name, data: JSON.stringify(data) })
  const ai = { type: 'ai', content: 'Sunny.', tool_calls: [] }

  test('tools and their results are LangChain’s messages', async () => {
    const call = { id: 'c1', type: 'function', function: { name: 'w', arguments: '{"city":"Rome"}' } }
    await new ProviderCaller(langgraph).whole({
      endpoint: 'chat',
      deployment: { model: 'agent', apiBase: upstream.baseUrl('langgraph') },
      request: {
        messages: [
          ...messages,
          { role: 'assistant', content: null, tool_calls: [call] },
          { role: 'tool', tool_call_id: 'c1', content: '21' },
        ],
        config: { recursion_limit: 5 },
      },
    })
    expect(upstream.requests.at(-1)?.body).toEqual({
      assistant_id: 'agent',
      input: {
        messages: [
          { role: 'human', content: 'Hello there' },
          {
            role: 'ai',
            content: '',
            tool_calls: [{ id: 'c1', name: 'w', args: { city: 'Rome' }, type: 'tool_call' }],
          },
          { role: 'tool', content: '21', tool_call_id: 'c1' },
        ],
      },
      config: { recursion_limit: 5 },
    })
  })

  test('a graph that does not stream tells its answer with its last state', () => {
    expect(decoded(langgraph, [event('values', { messages: [ai] })])).toBe('Sunny.')
  })

  test('a stream that ends between states is truncated', () => {
    const piece = event('messages', [{ type: 'AIMessageChunk', content: 'Sun' }, {}])
    const human = event('values', { messages: [{ type: 'human', content: 'Hi' }] })
    expect(() => decoded(langgraph, [human, piece])).toThrow(expect.objectContaining({ kind: 'truncated' }))
    expect(() => decoded(langgraph, [human])).toThrow(expect.objectContaining({ kind: 'truncated' }))
  })

  test('a graph that failed is an error, whole and streamed', () => {
    const failed = { error: 'ValueError', message: 'No such node.' }
    expect(() => whole(langgraph, { __error__: failed })).toThrow(/No such node/)
    expect(() => decoded(langgraph, [event('error', failed)])).toThrow(/No such node/)
  })
})

describe('Langflow', () => {
  test('a flow’s own fields are copied, and its session told', async () => {
    const reply = await new ProviderCaller(langflow).whole({
      endpoint: 'chat',
      deployment: { model: 'my flow', apiBase: upstream.baseUrl('langflow') },
      request: { messages, session_id: 's-1', tweaks: { 'Prompt-1': { template: 'x' } } },
    })
    expect(reply.choices[0]?.provider_specific_fields).toEqual({ session_id: 's-1' })
    expect(upstream.requests.at(-1)).toMatchObject({
      wirePath: '/api/v1/run/my%20flow',
      body: { input_value: 'Hello there', tweaks: { 'Prompt-1': { template: 'x' } } },
    })
  })

  test('a flow that does not stream tells its answer at the end', () => {
    const outputs = [{ outputs: [{ results: { message: { text: 'Done.' } } }] }]
    const end = { event: 'end', data: { result: { session_id: 's', outputs } } }
    expect(decoded(langflow, [{ data: JSON.stringify(end) }])).toBe('Done.')
  })

  test('an error, an early end and a flow without a message are errors', () => {
    const error = { event: 'error', data: { error: 'Component failed.' } }
    expect(() => decoded(langflow, [{ data: JSON.stringify(error) }])).toThrow(/Component failed/)
    expect(() => decoded(langflow, [])).toThrow(expect.objectContaining({ kind: 'truncated' }))
    expect(() => whole(langflow, { outputs: [] })).toThrow(/Chat Output/)
  })
})

describe('Manus', () => {
  const deployment = () => ({ model: 'manus-1.6', apiBase: upstream.baseUrl('manus'), apiKey: 'k' })

  test('a task is polled, and what was asked is not part of the answer', async () => {
    upstream.reset()
    upstream.script({ job: { runningPolls: 0 } })
    const caller = new ProviderCaller(manus)
    const reply = await caller.whole({ endpoint: 'chat', deployment: deployment(), request: { messages } })
    expect(reply.choices[0]?.message.content).toBe('You said: Hello there')
    expect(upstream.requests.map(({ method }) => method)).toEqual(['POST', 'GET'])
    expect(upstream.requests[0]?.body).toMatchObject({ agent_profile: 'manus-1.6', task_mode: 'agent' })
  })

  test('a task that failed is an error', async () => {
    upstream.script({ job: { runningPolls: 0, error: 'Out of credits.' } })
    const error = await new ProviderCaller(manus).failure({
      endpoint: 'chat',
      deployment: deployment(),
      request: { messages },
    })
    expect(error).toMatchObject({ kind: 'bad_gateway', message: 'The task failed.' })
  })
})

test('an auto router that nobody set up says what to do', async () => {
  const error = await new ProviderCaller(autoRouter).failure({
    endpoint: 'chat',
    deployment: { model: 'smart' },
    request: { messages },
  })
  expect(error).toMatchObject({ kind: 'bad_request', param: 'model' })
  expect(error.message).toContain('routing_strategy')
})
