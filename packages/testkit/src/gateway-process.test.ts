import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { startGateway } from './gateway-process.ts'

const directory = await mkdtemp(join(tmpdir(), 'testkit-'))
afterAll(() => rm(directory, { recursive: true }))

async function scriptOf(source: string): Promise<string> {
  const path = join(directory, `entry-${Math.random()}.mjs`)
  await writeFile(path, source)
  return path
}

const server = `
  import { createServer } from 'node:http'
  const port = process.argv[process.argv.indexOf('--port') + 1]
  const config = process.argv[process.argv.indexOf('--config') + 1]
  console.log('config ' + config)
  console.log('environment ' + Object.keys(process.env).sort())
  createServer((request, response) => response.end(request.url)).listen(port, '127.0.0.1')
  process.on('SIGTERM', () => process.exit(3))
`

test('a gateway is started, answers, and stops with its exit code', async () => {
  const config = { model_list: [{ model_name: 'a' }] }
  const gateway = await startGateway({ entry: await scriptOf(server), config, env: { MINE: '1' } })
  expect(gateway.masterKey).toMatch(/^sk-/)
  expect(await (await fetch(`${gateway.url}/x`)).text()).toBe('/x')
  const path = gateway.logs.find(line => line.startsWith('config '))?.slice('config '.length) ?? ''
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(config)
  expect(gateway.logs).toContain('environment LITELLM_MASTER_KEY,MINE,PATH')
  expect(await gateway.stop()).toBe(3)
  expect(existsSync(path)).toBe(false)
})

test('a gateway ends with the process that started it, and is forgotten once stopped', async () => {
  const listeners = process.listenerCount('exit')
  const gateway = await startGateway({ entry: await scriptOf(server) })
  expect(process.listenerCount('exit')).toBe(listeners + 1)
  await gateway.stop()
  expect(process.listenerCount('exit')).toBe(listeners)

  const starter = await scriptOf(`
    import { startGateway } from ${JSON.stringify(new URL('gateway-process.ts', import.meta.url).href)}
    const gateway = await startGateway({ entry: process.argv[2] })
    console.log(gateway.url)
    process.exit(0)
  `)
  const { stdout } = await promisify(execFile)(process.execPath, [starter, await scriptOf(server)])
  const answers = () =>
    fetch(stdout.trim()).then(
      response => response.ok,
      () => false,
    )
  await expect.poll(answers).toBe(false)
})

test('a gateway that ends before it answers is reported with its log', async () => {
  const entry = await scriptOf(`console.error('bad config in line 7'); process.exitCode = 2`)
  await expect(startGateway({ entry })).rejects.toThrow(
    /ended with code 2 before it answered:\nbad config in line 7/,
  )
})
