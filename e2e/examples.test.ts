import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type RunningGateway, startGateway } from '@sluice/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

const run = promisify(execFile)
const examples = new URL('../examples/', import.meta.url)
let gateway: RunningGateway

beforeAll(async () => {
  gateway = await startGateway({ config: await readFile(new URL('config.yaml', examples), 'utf8') })
})
afterAll(() => gateway.stop())

/** What each example prints, first. */
const OUTPUT: Readonly<Record<string, string>> = {
  'anthropic-client.ts': 'You said: Say hello.',
  'google-client.ts': 'You said: Say hello.',
  'openai-client.ts': 'You said: Say hello.',
  'resuming-fetch.ts': 'You said: Say hello.',
  'sdk-completion.ts': 'You said: Say hello.',
  'sdk-router.ts': 'You said: Anybody there?',
  'sdk-strategy.ts': 'The small one answers.\nThe large one answers.',
  'sdk-stream.ts': 'You said: Count to three.',
}

test('every example is run here', async () => {
  const names = (await readdir(examples)).filter(name => name.endsWith('.ts'))
  expect(names.sort()).toEqual(Object.keys(OUTPUT))
})

test.each(Object.entries(OUTPUT))('examples/%s runs', async (name, output) => {
  const args = ['-C', '@sluice/source', fileURLToPath(new URL(name, examples))]
  const env = { PATH: process.env['PATH'], SLUICE_URL: gateway.url, SLUICE_KEY: gateway.masterKey }
  const { stdout } = await run(process.execPath, args, { env, timeout: 30_000 })
  expect(stdout).toContain(output)
})
