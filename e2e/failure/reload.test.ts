import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningGateway, startGateway, startUpstream } from '@sluice/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { deployment } from '../gateway.ts'
import { ask, type ClientFormat, clientFormats } from './client-formats.ts'

const [openai] = clientFormats as [ClientFormat, ...ClientFormat[]]
const upstream = await startUpstream()
const directory = await mkdtemp(join(tmpdir(), 'sluice-reload-'))
const file = join(directory, 'config.yaml')
const deploymentOf = (name: string) =>
  deployment(upstream, 'openai', name, {}, name.endsWith('*') ? '*' : name)

let gateway: RunningGateway
beforeAll(async () => {
  await write(deploymentOf('old'), deploymentOf('openai/*'))
  gateway = await startGateway({ args: ['--config', file] })
})
afterAll(async () => {
  await gateway.stop()
  await upstream.close()
  await rm(directory, { recursive: true, force: true })
})

function write(...models: object[]): Promise<void> {
  return writeFile(file, JSON.stringify({ model_list: models, router_settings: { num_retries: 0 } }, null, 2))
}

async function statusOf(model: string): Promise<number> {
  return (await ask(gateway.url, openai, gateway.masterKey, { model })).status
}

test('a reload under 200 calls drops none; what came is served, what went is 404', async () => {
  const count = 200
  upstream.script({ match: { model: 'old' }, latencyMs: 1_500, times: count })
  const streams = 20
  upstream.script({ match: { model: 'slow' }, reply: { events: 80 }, tokenIntervalMs: 20, times: streams })
  const calls = [
    ...Array.from({ length: count }, () => ask(gateway.url, openai, gateway.masterKey, { model: 'old' })),
    ...Array.from({ length: streams }, () =>
      ask(gateway.url, openai, gateway.masterKey, { model: 'openai/slow', stream: true }),
    ),
  ]
  let ended = 0
  for (const call of calls) void call.then(() => ended++)
  await upstream.until(() => upstream.requests.length === count + streams, 20_000)
  await write(deploymentOf('new'), deployment(upstream, 'anthropic', 'anthropic/*', {}, '*'))
  await eventually('the new group is served', async () => (await statusOf('new')) === 200)
  expect(ended).toBeLessThan(calls.length)
  expect(await statusOf('old')).toBe(404)
  const answers = await Promise.all(calls)
  for (const answer of answers) {
    expect(answer).toMatchObject({ status: 200, finished: true, complete: true, error: undefined })
  }
})

test('Wildcard model set stale after reload: calls and lists follow the file', async () => {
  const listed = async () => {
    const response = await fetch(`${gateway.url}/v1/models`, {
      headers: { authorization: `Bearer ${gateway.masterKey}` },
    })
    return ((await response.json()) as { data: { id: string }[] }).data.map(({ id }) => id)
  }
  await write(deploymentOf('openai/*'))
  await eventually('the first wildcard is in force', async () => (await statusOf('openai/x')) === 200)
  const before = await listed()
  expect(before.length).toBeGreaterThan(10)
  expect(before.every(id => id.startsWith('openai/'))).toBe(true)
  expect(await statusOf('anthropic/x')).toBe(404)

  await write(deployment(upstream, 'anthropic', 'anthropic/*', {}, '*'))
  await eventually('the second is', async () => (await statusOf('anthropic/x')) === 200)
  expect(await statusOf('openai/x')).toBe(404)
  const after = await listed()
  expect(after.length).toBeGreaterThan(5)
  expect(after.every(id => id.startsWith('anthropic/'))).toBe(true)
})

test('a broken file keeps the old one in force and says file, line and key; a repaired one is taken', async () => {
  await write(deploymentOf('kept'))
  await eventually('the good file is in force', async () => (await statusOf('kept')) === 200)
  const said = (text: string) => () => gateway.logs.find(line => line.includes(text))

  await writeFile(file, 'model_list:\n  - model_name: broken\nrouter_settings:\n  num_retries: many\n')
  const line = await eventually('the broken value is named', said('num_retries'))
  expect(line).toMatch(/config\.yaml:4:\d+ router_settings\.num_retries: /)
  expect(await statusOf('kept')).toBe(200)

  await writeFile(file, 'model_list: [\n')
  await eventually('the broken YAML is named', () =>
    gateway.logs.some(text => /config\.yaml:\d+:\d+/.test(text) && !text.includes('num_retries')),
  )
  expect(await statusOf('kept')).toBe(200)

  await rm(file)
  await eventually('the missing file is named', () =>
    gateway.logs.some(
      text => text.includes('config.yaml') && /(does not exist|not found|ENOENT)/i.test(text),
    ),
  )
  expect(await statusOf('kept')).toBe(200)

  await write(deploymentOf('repaired'))
  await eventually('the repaired file is in force', async () => (await statusOf('repaired')) === 200)
  expect(await statusOf('kept')).toBe(404)
})
