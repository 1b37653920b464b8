import { describe, expect, test } from 'vitest'
import { openaiChat } from '../../codecs/openai-chat/codec.ts'
import { chat } from '../../endpoints/chat.ts'
import type { ChatRequest } from '../../types/chat.ts'
import type { JsonObject } from '../../types/json.ts'
import type { Warning } from '../../types/warning.ts'
import type { ParamRule, Provider } from '../provider.ts'
import { dropPaths } from './drop-paths.ts'
import { applyParamRules, dropForeignKeys, type Strictness } from './param-rules.ts'

const provider: Provider = {
  name: 'acme',
  title: 'Acme',
  docs: 'https://acme.test',
  baseUrl: 'https://acme.test',
  credentials: { env: [], required: false, sign() {} },
  endpoints: {},
}

function apply(
  extra: JsonObject,
  params: Readonly<Record<string, ParamRule>> | undefined,
  strictness: Partial<Strictness> = {},
) {
  const warnings: Warning[] = []
  const request: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'Hi' }], ...extra }
  const target = {
    endpoint: chat,
    codec: openaiChat,
    provider: { ...provider, ...(params && { params }) },
    deployment: { id: 'd', group: 'g', provider: 'acme', model: 'm' },
    model: 'm',
  }
  const strict = { dropParams: false, additionalDropParams: [], allowedOpenaiParams: [], ...strictness }
  const out = applyParamRules(request, target, strict, warning => void warnings.push(warning))
  const { model: _m, messages: _s, ...rest } = out
  return { request, out, rest, said: warnings.map(({ action, param }) => `${action} ${param}`) }
}

describe('applyParamRules', () => {
  test('gives the very same object when every parameter is fine', () => {
    const { request, out, said } = apply({ temperature: 1, tools: [], brand_new: 1 }, { seed: 'refuse' })
    expect(out).toBe(request)
    expect(said).toEqual([])
  })

  test('refuses what cannot be said, all of it by name, and says what to do', () => {
    const attempt = () => apply({ top_k: 1, seed: 2, temperature: 1 }, { seed: 'refuse' })
    expect(attempt).toThrow(
      'acme does not support the parameters top_k, seed for model "m". Leave them out, set drop_params: true to have ' +
        'them dropped, or name them in allowed_openai_params to send on anyway.',
    )
    expect(attempt).toThrow(
      expect.objectContaining({
        name: 'UnsupportedParamsError',
        status: 400,
        param: 'top_k',
        code: 'unsupported_parameter',
      }),
    )
  })

  test('drops it instead when told to, and says so', () => {
    const { rest, said } = apply(
      { top_k: 1, seed: 2, temperature: 1 },
      { seed: 'refuse' },
      { dropParams: true },
    )
    expect(rest).toEqual({ temperature: 1 })
    expect(said).toEqual(['dropped top_k', 'dropped seed'])
  })

  test('sends on what is allowed by name, whatever the rules say', () => {
    const { rest, said } = apply(
      { top_k: 1, seed: 2 },
      { seed: 'drop' },
      { allowedOpenaiParams: ['top_k', 'seed'] },
    )
    expect(rest).toEqual({ top_k: 1, seed: 2 })
    expect(said).toEqual([])
  })

  test('a rule may drop, keep, rename or clamp', () => {
    const rules: Record<string, ParamRule> = {
      user: 'drop',
      top_k: 'keep',
      seed: { rename: 'random_seed' },
      temperature: { max: 1 },
      top_p: { max: 1 },
    }
    const { rest, said } = apply({ user: 'u', top_k: 3, seed: 4, temperature: 1.5, top_p: 0.5 }, rules)
    expect(rest).toEqual({ top_k: 3, random_seed: 4, temperature: 1, top_p: 0.5 })
    expect(said).toEqual(['dropped user', 'renamed seed', 'clamped temperature'])
  })

  test('`user` is never refused, and never lost without a word', () => {
    expect(apply({ user: 'u' }, { user: 'refuse' })).toMatchObject({ rest: {}, said: ['dropped user'] })
  })

  test('a rule may bound from both sides, translate words, or allow some values only', () => {
    const rules: Record<string, ParamRule> = {
      temperature: { min: 0.01, max: 1 },
      tool_choice: { values: { required: 'any' } },
      top_p: { only: [1] },
      presence_penalty: { only: [1] },
    }
    const asked = { temperature: 0, tool_choice: 'required', top_p: 1 } as const
    const { rest, said } = apply(asked, rules)
    expect(rest).toEqual({ temperature: 0.01, tool_choice: 'any', top_p: 1 })
    expect(said).toEqual(['clamped temperature', 'renamed tool_choice'])
    expect(() => apply({ presence_penalty: 0.5 }, rules)).toThrow(/presence_penalty/)
    expect(apply({ presence_penalty: 0.5 }, rules, { dropParams: true })).toMatchObject({
      rest: {},
      said: ['dropped presence_penalty'],
    })
  })

  test('a new name does not overwrite what already bears it', () => {
    const { rest } = apply(
      { max_completion_tokens: 9, max_tokens: 5 },
      { max_completion_tokens: { rename: 'max_tokens' } },
    )
    expect(rest).toEqual({ max_tokens: 5 })
  })

  test.each<[string, JsonObject]>([
    ['n', { n: 1 }],
    ['tool_choice', { tool_choice: 'auto' }],
    ['tool_choice', { tool_choice: 'none' }],
    ['parallel_tool_calls', { parallel_tool_calls: true }],
    ['response_format', { response_format: { type: 'text' } }],
    ['logprobs', { logprobs: false }],
    ['presence_penalty', { presence_penalty: 0 }],
    ['seed', { seed: null }],
    ['seed', { seed: undefined }],
  ])('%s at its default says nothing, so it goes without a word: %j', (key, extra) => {
    const { rest, said } = apply(extra, { [key]: 'refuse' })
    expect(rest).toEqual({})
    expect(said).toEqual([])
  })

  test.each<[string, JsonObject]>([
    ['n', { n: 2 }],
    ['tool_choice', { tool_choice: 'none', tools: [] }],
    ['response_format', { response_format: { type: 'json_object' } }],
    ['logprobs', { logprobs: true }],
    ['frequency_penalty', { frequency_penalty: 0.1 }],
  ])('%s off its default is refused: %j', (key, extra) => {
    expect(() => apply(extra, { [key]: 'refuse' })).toThrow(key)
  })

  test('the caller’s request is not changed', () => {
    const { request } = apply({ top_k: 1 }, undefined, { dropParams: true })
    expect(request.top_k).toBe(1)
  })

  test('keys named like built-ins are nobody’s parameters', () => {
    const extra = JSON.parse('{"constructor":1,"toString":2,"__proto__":{"seed":"drop"}}') as JsonObject
    const { request, out } = apply(extra, { seed: 'drop' })
    expect(out).toBe(request)
  })

  test('additional_drop_params come first: what they name is never refused', () => {
    const { rest, said } = apply(
      { top_k: 1, seed: 2 },
      { seed: 'refuse' },
      { additionalDropParams: ['seed', 'top_k'] },
    )
    expect(rest).toEqual({})
    expect(said).toEqual(['dropped seed', 'dropped top_k'])
  })

  test('additional_drop_params come last, too, for names that a rule has put there', () => {
    const { rest, said } = apply(
      { seed: 1 },
      { seed: { rename: 'random_seed' } },
      { additionalDropParams: ['random_seed'] },
    )
    expect(rest).toEqual({})
    expect(said).toEqual(['renamed seed', 'dropped random_seed'])
  })
})

describe('dropPaths', () => {
  const body = {
    a: 1,
    user: { id: 'x', name: 'y' },
    tools: [
      { type: 'function', function: { name: 'f', strict: true } },
      { type: 'function', function: { name: 'g', strict: false } },
    ],
    deep: [[{ x: 1, y: 2 }]],
  }
  const drop = (...paths: string[]) => {
    const dropped: string[] = []
    const out = dropPaths(body, paths, ({ param }) => void dropped.push(param))
    return { out, dropped }
  }

  test.each<[string, JsonObject]>([
    ['a', { user: body.user, tools: body.tools, deep: body.deep }],
    ['user.name', { ...body, user: { id: 'x' } }],
    [
      'tools[*].function.strict',
      { ...body, tools: ['f', 'g'].map(name => ({ type: 'function', function: { name } })) },
    ],
    ['tools[1].function', { ...body, tools: [body.tools[0], { type: 'function' }] }],
    ['tools[0]', { ...body, tools: [body.tools[1]] }],
    ['tools[*]', { ...body, tools: [] }],
    ['deep[0][*].x', { ...body, deep: [[{ y: 2 }]] }],
  ])('%s', (path, expected) => {
    const before = structuredClone(body)
    expect(drop(path)).toEqual({ out: expected, dropped: [path] })
    expect(body).toEqual(before)
  })

  test.each([
    'nothing',
    'user.nothing',
    'tools[7].function',
    'a.b',
    'tools.function',
    'constructor',
    '__proto__.toString',
    '',
  ])('what is not there is no error: %s', path => {
    const { out, dropped } = drop(path)
    expect(out).toBe(body)
    expect(dropped).toEqual([])
  })
})

test("what only the client's own format knows does not reach a provider of another one", () => {
  const warnings: Warning[] = []
  const request: ChatRequest = {
    model: 'm',
    messages: [],
    temperature: 0.5,
    context_management: { edits: [] },
  }
  const deployment = { id: 'd', group: 'g', provider: 'acme', model: 'm' }
  const target = { endpoint: chat, codec: openaiChat, provider, deployment, model: 'm' }
  const out = dropForeignKeys(request, 'anthropic-messages', target, warning => void warnings.push(warning))
  expect(out).toEqual({ model: 'm', messages: [], temperature: 0.5 })
  expect(warnings).toMatchObject([{ action: 'dropped', param: 'context_management' }])
})
