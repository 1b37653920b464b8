import OpenAI, { APIError } from 'openai'
import { expect } from 'vitest'
import { eventually } from '../../eventually.ts'
import type { Rig } from '../../gateway.ts'
import { type Asker, askers, type Fault } from './fault-table.ts'

/** Keys of a gateway whose service fails. */
export interface Keys {
  /** Used before the fault. */
  readonly known: string
  /** Good, and never used at this gateway. Each is asked with once. */
  readonly fresh: readonly string[]
}

/** The machine does other tests at the same time; the table is about one that has room. */
const BUSY = 2

interface Seen {
  readonly status: number
  readonly type: string | null | undefined
  readonly retryAfter: string | null
  readonly shouldRetry: string | null
  readonly seconds: number
}

/** Holds the gateway to what the table says of a fault: at once, when it was noticed, and when it is over. */
export async function holdToTable(
  rig: Rig,
  fault: Fault,
  keys: Keys,
  steps: { readonly begin: () => Promise<void>; readonly end: () => Promise<void> },
): Promise<void> {
  const [first, second, third] = keys.fresh as [string, string, string]
  await steps.begin()
  try {
    await expectAnswers(rig, fault, keys.known, first)
    await eventually(
      `readiness says that ${fault.service} is ${fault.name}`,
      async () => {
        const said = await readiness(rig)
        expect(said.code).toBe(200)
        return (
          said.status === fault.says.status &&
          said.db === fault.says.db &&
          said.problems.some(problem => problem.includes(fault.says.problem))
        )
      },
      fault.noticedIn * 1_000 * BUSY,
    )
    await expectAnswers(rig, fault, keys.known, second)
  } finally {
    await steps.end()
  }
  await eventually(
    `all is as before ${fault.service} was ${fault.name}`,
    async () => (await readiness(rig)).status === 'healthy' && (await rig.admin('/key/generate', {})).ok,
    fault.overIn * 1_000 * BUSY,
  )
  expect((await chat(rig, third)).status).toBe(200)
  expect((await chat(rig, 'sk-nobody-has-ever-made-this')).status).toBe(401)
}

/** All ask at once. */
async function expectAnswers(rig: Rig, fault: Fault, known: string, fresh: string): Promise<void> {
  const asked: Record<Asker, Promise<Seen>> = {
    known: chat(rig, known),
    fresh: chat(rig, fresh),
    strange: chat(rig, `sk-nobody-made-this-${fresh}`),
    read: office(rig, `/key/info?key=${known}`),
    write: office(rig, '/key/generate', {}),
    readiness: office(rig, '/health/readiness'),
    liveness: office(rig, '/health/liveliness'),
  }
  for (const asker of Object.keys(askers) as Asker[]) {
    const wanted = fault.answers[asker]
    const seen = await asked[asker]
    const what = `${fault.service} ${fault.name}, ${askers[asker]}: ${JSON.stringify(seen)}`
    expect(wanted.status, what).toContain(seen.status)
    expect(seen.seconds, what).toBeLessThan(wanted.seconds * BUSY)
    if (wanted.type !== undefined) expect(seen.type, what).toBe(wanted.type)
    if (seen.status === 503) {
      expect(seen, what).toMatchObject({ type: 'no_db_connection', retryAfter: '1' })
      expect(seen.shouldRetry, what).not.toBe('false')
    }
  }
}

/** A call by OpenAI's own client. */
export async function chat(rig: Rig, key: string): Promise<Seen> {
  const client = new OpenAI({ apiKey: key, baseURL: `${rig.gateway.url}/v1`, maxRetries: 0 })
  const began = performance.now()
  const seconds = () => (performance.now() - began) / 1_000
  try {
    const messages = [{ role: 'user' as const, content: 'Hello' }]
    await client.chat.completions.create({ model: 'openai/m', messages })
    return { status: 200, type: undefined, retryAfter: null, shouldRetry: null, seconds: seconds() }
  } catch (error) {
    if (!(error instanceof APIError) || error.status === undefined) throw error
    const { status, type, headers } = error as { status: number; type?: string; headers?: Headers }
    return {
      ...{ status, type, seconds: seconds() },
      retryAfter: headers?.get('retry-after') ?? null,
      shouldRetry: headers?.get('x-should-retry') ?? null,
    }
  }
}

async function office(rig: Rig, path: string, body?: unknown): Promise<Seen> {
  const began = performance.now()
  const response = await rig.admin(path, body)
  const text = await response.text()
  const answer = response.ok ? {} : (JSON.parse(text) as { error?: { type?: string } })
  return {
    status: response.status,
    type: answer.error?.type,
    retryAfter: response.headers.get('retry-after'),
    shouldRetry: response.headers.get('x-should-retry'),
    seconds: (performance.now() - began) / 1_000,
  }
}

async function readiness(rig: Rig) {
  const response = await fetch(`${rig.gateway.url}/health/readiness`)
  const said = (await response.json()) as { status: string; db: string; problems: string[] }
  return { code: response.status, ...said }
}
