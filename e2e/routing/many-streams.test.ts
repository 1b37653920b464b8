import { readdir, readlink } from 'node:fs/promises'
import { startUpstream, type Upstream } from '@sluice/testkit'
import { Agent, request } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { member, type Rig, startRig } from '../gateway.ts'

const STREAMS = 1_000
const HEAP_MEGABYTES = 160

let upstream: Upstream
let rig: Rig
// A connection for each call: what stays open in the gateway is its own.
const agent = new Agent({ connections: STREAMS, pipelining: 0 })

beforeAll(async () => {
  upstream = await startUpstream()
  const one = (id: string) => member(upstream, 'crowd', id)
  rig = await startRig({
    upstream,
    // Little room: what a round left behind would soon fill it.
    env: { NODE_OPTIONS: `--max-old-space-size=${HEAP_MEGABYTES}` },
    models: [one('well'), one('failing')],
    config: {
      router_settings: { num_retries: 2, disable_cooldowns: false, cooldown_time: 0.1, allowed_fails: 5 },
    },
  })
})
afterAll(async () => {
  await agent.close()
  await rig.close()
  await upstream.close()
})

/** A stream as a client reads it: to its end, or until it leaves after the first bytes. */
async function read(key: string, leaves: boolean): Promise<string> {
  const answer = await request(`${rig.gateway.url}/v1/chat/completions`, {
    dispatcher: agent,
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'crowd', stream: true, messages: [{ role: 'user', content: 'Hello' }] }),
  })
  let text = ''
  for await (const piece of answer.body) {
    text += String(piece)
    if (leaves) break
  }
  return answer.statusCode === 200 ? text : `${answer.statusCode} ${text}`
}

/** One round: every fourth client leaves early, and one deployment breaks in every way it can. */
async function round(key: string): Promise<readonly string[]> {
  upstream.reset()
  for (let index = 0; index < 150; index++) {
    upstream.script({ failAfterEvents: 3, match: { model: 'failing' } })
    upstream.script({ status: 500, match: { model: 'failing' } })
    upstream.script({ cutAfterBytes: 600, match: { model: 'failing' } })
  }
  const all = Array.from({ length: STREAMS }, (_, index) =>
    read(key, index % 4 === 0).catch((error: Error) => `broken: ${error.message}`),
  )
  const texts = await Promise.all(all)
  await eventually('nothing is under way', async () => {
    const { deployments } = (await (await rig.admin('/router/state')).json()) as {
      deployments: readonly { readonly in_flight: number; readonly waiting: number }[]
    }
    const backlog = (await (await rig.admin('/health/backlog')).json()) as { in_flight_requests: number }
    return (
      backlog.in_flight_requests === 0 &&
      deployments.every(({ in_flight, waiting }) => in_flight === 0 && waiting === 0)
    )
  })
  return texts
}

/** Sockets the gateway's process holds open. */
async function sockets(): Promise<number> {
  const folder = `/proc/${rig.gateway.process.pid}/fd`
  const links = await Promise.all(
    (await readdir(folder)).map(fd => readlink(`${folder}/${fd}`).catch(() => '')),
  )
  return links.filter(link => link.startsWith('socket:')).length
}

test('a thousand streams at once through a failing deployment leave nothing behind', async () => {
  // Exactly as many places as streams: one that leaked would refuse a stream of the next round.
  const key = await rig.newKey({ max_parallel_requests: STREAMS, max_budget: 1_000 })
  await round(key)
  for (let index = 0; index < 3; index++) {
    const texts = await round(key)
    expect(texts.filter(text => text.startsWith('429'))).toEqual([])
    const whole = texts.filter((_, at) => at % 4 !== 0)
    // Every stream ends as it should, or says that it did not.
    expect(whole.filter(text => !text.includes('[DONE]') && !text.includes('"error"'))).toEqual([])
    expect(whole.filter(text => text.includes('[DONE]') && text.includes('"error"'))).toEqual([])
    expect(whole.filter(text => text.includes('[DONE]')).length).toBeGreaterThan(whole.length / 2)
  }
  // Connections to the provider are kept for the next calls, as many as were needed at one time; a stream that left its
  // own open in every round would make them more.
  expect(
    await eventually('the clients’ connections are closed', async () => (await sockets()) < STREAMS + 100),
  ).toBe(true)
})
