import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startUpstream } from '@sluice/testkit'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { freePort } from '../services/service-process.ts'
import { type Command, command, run } from './command.ts'

const made: string[] = []
const running: Command[] = []
let cwd: string
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'sluice-start-'))
  made.push(cwd)
})
afterAll(async () => {
  for (const { process } of running) process.kill('SIGKILL')
  await Promise.all(running.map(({ ended }) => ended))
  for (const path of made) await rm(path, { recursive: true, force: true })
})

/** Starts and waits until it says that it is ready. */
async function start(args: readonly string[] = [], env: Record<string, string> = {}) {
  const port = await freePort()
  const started = command(['start', '--port', String(port), ...args], { cwd, env })
  running.push(started)
  await eventually('it is ready', () => {
    if (started.process.exitCode !== null) throw new Error(started.err)
    return started.out.includes('Try it:')
  })
  return { started, url: `http://127.0.0.1:${port}` }
}

async function stop({ process, ended }: Command): Promise<void> {
  process.kill('SIGTERM')
  expect(await ended).toBe(0)
}

function post(url: string, key: string, model: string): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
  })
}

test('an empty directory is enough: the echo model answers, the master key is made, kept for its owner, shown once', async () => {
  const first = await start()
  expect(first.started.out).toContain('sluice-echo')
  expect(first.started.out).toContain('shown once')
  const [key = ''] = /sk-[\w-]{20,}/.exec(first.started.out) ?? []
  const file = join(cwd, '.sluice', 'master-key')
  expect((await readFile(file, 'utf8')).trim()).toBe(key)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect((await stat(join(cwd, '.sluice'))).mode & 0o077).toBe(0)
  expect(await readdir(cwd)).toEqual(['.sluice'])

  const answer = await post(first.url, key, 'sluice-echo')
  expect(answer.status).toBe(200)
  expect(await answer.text()).toContain('Hello')
  expect((await post(first.url, 'sk-wrong', 'sluice-echo')).status).toBe(401)
  await stop(first.started)
  expect(first.started.out.split(key).length).toBe(2)
  expect(first.started.err).not.toContain(key)

  const second = await start()
  expect(second.started.out).not.toContain(key)
  expect((await post(second.url, key, 'sluice-echo')).status).toBe(200)
  await stop(second.started)
  expect(second.started.out + second.started.err).not.toContain(key)
})

test('provider keys of the environment become models, and are not shown', async () => {
  const upstream = await startUpstream()
  const { started, url } = await start([], {
    OPENAI_API_KEY: 'key-of-openai-0001',
    OPENAI_BASE_URL: upstream.baseUrl('openai'),
    GEMINI_API_KEY: 'key-of-gemini-0002',
    GROQ_API_KEY: '',
  })
  const key = (await readFile(join(cwd, '.sluice', 'master-key'), 'utf8')).trim()
  const response = await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })
  const ids = ((await response.json()) as { data: { id: string }[] }).data.map(({ id }) => id)
  expect(ids).toContain('sluice-echo')
  expect(ids.some(id => id.startsWith('openai/'))).toBe(true)
  expect(ids.some(id => id.startsWith('gemini/'))).toBe(true)
  expect(ids.some(id => id.startsWith('groq/'))).toBe(false)
  expect((await post(url, key, 'openai/gpt-4o')).status).toBe(200)
  expect(upstream.requests[0]?.headers.authorization).toBe('Bearer key-of-openai-0001')
  await stop(started)
  expect(started.out + started.err).not.toMatch(/key-of-(openai|gemini)/)
  await upstream.close()
})

test('a port in use is one line that says so, and exit code 1', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await eventually('the port is taken', () => other.listening)
  const { port } = other.address() as { port: number }
  const { code, out, err } = await run(['start', '--port', String(port)], { cwd })
  other.close()
  expect(code).toBe(1)
  expect(out).not.toContain('Try it:')
  const lines = err
    .trim()
    .split('\n')
    .filter(line => !line.startsWith('{'))
  expect(lines.length).toBe(1)
  expect(lines[0]).toContain(String(port))
  expect(lines[0]).toMatch(/in use/)
})
