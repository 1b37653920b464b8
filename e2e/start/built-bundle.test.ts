import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startGateway, startUpstream, testAwsKeys } from '@sluice/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { post } from '../gateway.ts'
import { startRedis } from '../services/redis.ts'
import { freePort } from '../services/service-process.ts'
import { command } from './command.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const bundle = join(root, 'packages/gateway/dist/cli.js')
/** A laptop takes a third of a second; a busy test machine gets ten times that. */
const MOST_MS = 3_000

let cwd: string
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'sluice-bundle-'))
  await promisify(execFile)(process.execPath, ['tools/run.mjs', 'build'], { cwd: root })
})
afterAll(() => rm(cwd, { recursive: true, force: true }))

test('the built gateway answers within three seconds of its start, and stops when told', async () => {
  const tries: number[] = []
  // The best of three: what else the machine does is not the gateway's doing.
  for (let round = 0; round < 3; round++) {
    const port = await freePort()
    const began = performance.now()
    const started = command(['start', '--port', String(port)], { cwd }, bundle)
    try {
      tries.push((await firstAnswer(port)) - began)
    } finally {
      started.process.kill('SIGTERM')
    }
    expect(await started.ended).toBe(0)
  }
  expect(Math.min(...tries)).toBeLessThan(MOST_MS)
})

test('what is loaded only when it is needed is in the bundle: an AWS profile’s keys sign a call', async () => {
  const upstream = await startUpstream({ wires: ['bedrock'] })
  const { accessKeyId, secretAccessKey } = testAwsKeys
  await mkdir(join(cwd, '.aws'))
  const profile = `[llm]\naws_access_key_id=${accessKeyId}\naws_secret_access_key=${secretAccessKey}\n`
  await writeFile(join(cwd, '.aws/credentials'), profile)
  const model = 'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0'
  const aws = { aws_profile_name: 'llm', aws_region_name: 'us-east-1', api_base: upstream.url }
  const gateway = await startGateway({
    entry: bundle,
    env: { HOME: cwd },
    config: { model_list: [{ model_name: 'claude', litellm_params: { model, ...aws } }] },
  })
  try {
    const messages = [{ role: 'user', content: 'Hello there' }]
    const response = await post(
      gateway,
      '/v1/chat/completions',
      { model: 'claude', messages },
      gateway.masterKey,
    )
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('Hello there')])
    expect(upstream.requests.at(-1)?.headers.authorization).toContain(`Credential=${accessKeyId}/`)
  } finally {
    await gateway.stop()
    await upstream.close()
  }
})

test('the client of Redis is in the bundle, and loaded where Redis is configured', async () => {
  const redis = await startRedis()
  const router_settings = { redis_url: redis.url }
  const gateway = await startGateway({ entry: bundle, config: { router_settings } })
  try {
    await eventually('it is connected', () => gateway.logs.some(line => line.includes('Redis is connected')))
  } finally {
    await gateway.stop()
    await redis.remove()
  }
})

/** When readiness first said yes, on the clock of `performance.now()`. */
async function firstAnswer(port: number): Promise<number> {
  const deadline = performance.now() + 30_000
  for (;;) {
    const status = await fetch(`http://127.0.0.1:${port}/health/readiness`).then(
      response => response.status,
      // Refused: it does not listen yet.
      () => undefined,
    )
    if (status === 200) return performance.now()
    if (performance.now() > deadline) throw new Error(`not ready within 30 s; the last status was ${status}`)
  }
}
