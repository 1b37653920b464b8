import { startUpstream } from '@sluice/testkit'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { deployment, type Rig, startRig } from '../gateway.ts'

let rig: Rig

beforeAll(async () => {
  const upstream = await startUpstream()
  const one = (group: string, model: string) => deployment(upstream, 'openai', group, { id: model }, model)
  const sealing = (organization: string) => {
    const id = `sealed-${organization}`
    const row = deployment(upstream, 'openai', 'sealed', { id }, 'responses/gpt-5') as {
      litellm_params: object
    }
    return { ...row, litellm_params: { ...row.litellm_params, organization } }
  }
  const names = ['a', 'b', 'c', 'd']
  rig = await startRig({
    upstream,
    models: [
      ...['org-1', 'org-2', 'org-3'].map(sealing),
      ...names.map(name => one('sticky', `sticky-${name}`)),
      ...names.map(name => one('keyed', `keyed-${name}`)),
    ],
    config: {
      router_settings: {
        ...{ num_retries: 2, disable_cooldowns: false, cooldown_time: 30 },
        optional_pre_call_checks: ['session_affinity', 'prompt_caching'],
        model_group_affinity_config: {
          keyed: ['deployment_affinity'],
          sealed: ['encrypted_content_affinity'],
        },
      },
    },
  })
})
beforeEach(() => rig.upstream.reset())
afterAll(async () => {
  await rig.close()
  await rig.upstream.close()
})

const client = (apiKey = rig.gateway.masterKey) =>
  new OpenAI({ apiKey, baseURL: `${rig.gateway.url}/v1`, maxRetries: 0 })
const hello = [{ role: 'user' as const, content: 'Hello' }]
/** Where calls went, without repetitions. */
const places = () => [...new Set(rig.upstream.requests.map(({ body }) => (body as { model: string }).model))]
const long = 'A long document. '.repeat(1_000)

describe('an OpenAI client', () => {
  test('stays with one deployment in a session, and leaves it when it fails', async () => {
    const headers = { 'x-litellm-session-id': 'session-1' }
    const ask = () => client().chat.completions.create({ model: 'sticky', messages: hello }, { headers })
    for (let n = 0; n < 12; n++) await ask()
    expect(places()).toHaveLength(1)
    rig.upstream.script({ status: 429, match: { model: places()[0] as string } })
    for (let n = 0; n < 12; n++) await ask()
    expect(places()).toHaveLength(2)
  })

  test.each([{ litellm_session_id: 'session-2' }, { metadata: { session_id: 'session-3' } }])(
    'may name its session in the body: %j',
    async said => {
      for (let n = 0; n < 12; n++)
        await client().chat.completions.create({ model: 'sticky', messages: hello, ...said })
      expect(places()).toHaveLength(1)
    },
  )

  test('is answered where the beginning of its long conversation was read, whole and streamed', async () => {
    type Message = OpenAI.ChatCompletionMessageParam
    const messages: Message[] = [{ role: 'user', content: long }]
    for (let turn = 0; turn < 6; turn++) {
      const answer = await client().chat.completions.create({ model: 'sticky', messages })
      messages.push(answer.choices[0]?.message as Message, { role: 'user', content: `and ${turn}?` })
      const stream = await client().chat.completions.create({ model: 'sticky', messages, stream: true })
      for await (const _ of stream);
    }
    expect(places()).toHaveLength(1)
  })

  test('stays with one deployment per key where the group says so, whatever the session', async () => {
    const [mine, others] = [await rig.newKey(), await rig.newKey()]
    const ask = (key: string, session: string) =>
      client(key).chat.completions.create(
        { model: 'keyed', messages: hello },
        { headers: { 'x-litellm-session-id': session } },
      )
    for (let n = 0; n < 10; n++) await ask(mine, `s${n}`)
    expect(places()).toHaveLength(1)
    const [own] = places()
    rig.upstream.reset()
    for (let n = 0; n < 10; n++) await ask(others, `s${n}`)
    expect(places()).toHaveLength(1)
    await ask(mine, 'again')
    expect(rig.upstream.requests.at(-1)?.body).toMatchObject({ model: own })
  })

  test('gets sealed thinking back to the organization that sealed it', async () => {
    type Message = OpenAI.ChatCompletionMessageParam
    const ask = async (messages: Message[]) => {
      const answer = await client().chat.completions.create({
        model: 'sealed',
        messages,
        reasoning_effort: 'low',
      })
      return answer.choices[0]?.message as Message & { thinking_blocks?: { signature: string }[] }
    }
    const organization = () => rig.upstream.requests.at(-1)?.headers['openai-organization']
    const first = await ask(hello)
    const sealer = organization()
    expect(first.thinking_blocks?.[0]?.signature).toMatch(/^openai-responses@[\w-]{8}:/)
    for (let n = 0; n < 6; n++) {
      await ask([...hello, first, { role: 'user', content: `and ${n}?` }])
      expect(organization()).toBe(sealer)
      expect(JSON.stringify(rig.upstream.requests.at(-1)?.body)).toContain('"encrypted_content"')
    }
    // Elsewhere it would be refused: it is left out, and the call is answered.
    const elsewhere = ['org-1', 'org-2', 'org-3'].find(each => each !== sealer)
    await client().chat.completions.create({
      model: `sealed-${elsewhere}`,
      messages: [...hello, first, { role: 'user', content: 'and there?' }],
    })
    expect(organization()).toBe(elsewhere)
    expect(JSON.stringify(rig.upstream.requests.at(-1)?.body)).not.toContain('"encrypted_content"')
  })
})
