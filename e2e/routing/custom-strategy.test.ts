import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startUpstream } from '@sluice/testkit'
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { deployment, type Rig, startRig } from '../gateway.ts'

/** Goes by the metadata of the call, and without any by its length. */
const byMetadata = `
export default args => ({
  name: 'by-metadata',
  pick(candidates, { metadata, inputTokens, group }) {
    if (metadata.trouble === 'throws') throw new Error('trouble in ' + group)
    const wanted = metadata.goes_to ?? (inputTokens() > 1000 ? 'long' : args.own.usual)
    return candidates.find(({ deployment }) => deployment.model === wanted)
  },
})`

let rig: Rig
let directory: string
beforeAll(async () => {
  const upstream = await startUpstream()
  directory = await mkdtemp(join(tmpdir(), 'strategy-'))
  await writeFile(join(directory, 'mine.mjs'), byMetadata)
  rig = await startRig({
    upstream,
    models: ['short', 'long', 'other'].map(model => deployment(upstream, 'openai', 'group', {}, model)),
    config: {
      router_settings: {
        routing_strategy: join(directory, 'mine.mjs'),
        routing_strategy_args: { usual: 'short' },
      },
    },
  })
})
afterAll(async () => {
  await rig.close()
  await rig.upstream.close()
  await rm(directory, { recursive: true })
})

async function asked(extra: object = {}, content = 'Hello'): Promise<string> {
  const { gateway } = rig
  const client = new OpenAI({ apiKey: gateway.masterKey, baseURL: `${gateway.url}/v1`, maxRetries: 0 })
  const { model } = await client.chat.completions.create({
    model: 'group',
    messages: [{ role: 'user', content }],
    ...extra,
  })
  return model
}

test('a module beside the configuration chooses, and knows what it needs of the call', async () => {
  expect(await asked()).toContain('short')
  expect(await asked({}, 'word '.repeat(3_000))).toContain('long')
  expect(await asked({ metadata: { goes_to: 'other' } })).toContain('other')
})

test('one that throws, or names nobody, fails no call, and the log says so once', async () => {
  for (let call = 0; call < 5; call++) {
    expect(await asked({ metadata: { trouble: 'throws' } })).toMatch(/short|long|other/)
    expect(await asked({ metadata: { goes_to: 'nobody' } })).toMatch(/short|long|other/)
  }
  const told = rig.gateway.logs.filter(line =>
    line.includes('the routing strategy of the configuration failed'),
  )
  expect(told).toHaveLength(1)
  expect(told[0]).toContain('pick threw Error: trouble in group')
})

test('a changed module is taken without a restart, and a broken one is not', async () => {
  await writeFile(join(directory, 'mine.mjs'), byMetadata.replace('args.own.usual', "'other'"))
  await eventually('the new module chooses', async () => (await asked()).includes('other'))
  await writeFile(join(directory, 'mine.mjs'), 'export default 7')
  await eventually('the broken one is refused', () =>
    rig.gateway.logs.some(line => line.includes('mine.mjs is a number, and no strategy')),
  )
  expect(await asked()).toContain('other')
})
