import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startUpstream } from '@sluice/testkit'
import { afterAll, expect, test } from 'vitest'
import { command, run } from './command.ts'

const upstream = await startUpstream()
const cwd = await mkdtemp(join(tmpdir(), 'sluice-commands-'))
afterAll(async () => {
  await upstream.close()
  await rm(cwd, { recursive: true, force: true })
})

const good = `model_list:
  - model_name: gpt-4o
    litellm_params:
      model: openai/gpt-4o
      api_base: ${upstream.baseUrl('openai')}
      api_key: os.environ/OPENAI_API_KEY
`
const secret = 'key-that-must-not-be-shown'

async function written(name: string, text: string): Promise<string> {
  await writeFile(join(cwd, name), text)
  return name
}

test('validate says that a good file is valid, and how much is in it', async () => {
  const file = await written('good.yaml', good)
  const { code, out, err } = await run(['validate', file], { cwd, env: { OPENAI_API_KEY: secret } })
  expect([code, err]).toEqual([0, ''])
  expect(out).toContain('good.yaml is valid: 1 deployments in 1 model groups, 0 warnings.')
  expect(out).not.toContain(secret)
})

test('validate warns of an unknown key with the nearest known one', async () => {
  const file = await written('typo.yaml', `${good}router_settings:\n  num_retrys: 2\n`)
  const { code, out } = await run(['validate', file], { cwd, env: { OPENAI_API_KEY: secret } })
  expect(code).toBe(0)
  expect(out).toMatch(/typo\.yaml:8:\d+: unknown key router_settings\.num_retrys/)
  expect(out).toContain('num_retries')
  expect(out).toContain('1 warnings')
})

test('validate and start refuse a bad file alike: every problem with file, line and key, and exit code 2', async () => {
  const file = await written(
    'bad.yaml',
    `${good}router_settings:\n  num_retries: many\ngeneral_settings:\n  master_key: short\n`,
  )
  const env = { OPENAI_API_KEY: secret }
  for (const args of [
    ['validate', file],
    ['start', '--config', file],
    ['doctor', '--config', file],
  ]) {
    const { code, out, err } = await run(args, { cwd, env })
    expect([args[0], code]).toEqual([args[0], 2])
    expect(err).toMatch(/bad\.yaml:8:\d+ router_settings\.num_retries: /)
    expect(err).toMatch(/bad\.yaml:10:\d+ general_settings\.master_key: /)
    expect(err).not.toContain('    at ')
    expect(out + err).not.toContain(secret)
  }
})

test('a file that is not there is named', async () => {
  const { code, err } = await run(['validate', 'absent.yaml'], { cwd })
  expect(code).toBe(2)
  expect(err).toContain('absent.yaml')
  expect(err.trim().split('\n').length).toBe(1)
})

test('doctor finds all well, or names the trouble and its remedy', async () => {
  const file = await written('good.yaml', good)
  const data = ['--data-directory', join(cwd, 'data')]
  const well = await run(['doctor', '--config', file, ...data], { cwd, env: { OPENAI_API_KEY: secret } })
  expect(well.out).toContain('ok   gpt-4o: key configured')
  expect(well.out).toContain(`ok   ${upstream.url} answers`)
  expect(well.out).toContain('All is well.')
  expect(well.code).toBe(0)
  expect(well.out + well.err).not.toContain(secret)

  const sick = await written(
    'sick.yaml',
    `model_list:
  - model_name: unreachable
    litellm_params: { model: openai/gpt-4o, api_base: "http://127.0.0.1:9/v1", api_key: x }
  - model_name: keyless
    litellm_params: { model: groq/llama-3.3-70b-versatile }
  - model_name: priceless
    litellm_params: { model: openai/no-such-model, api_base: "${upstream.baseUrl('openai')}", api_key: x }
general_settings:
  database_url: postgresql://nobody:${secret}@127.0.0.1:9/none
`,
  )
  const ill = await run(['doctor', '--config', sick, ...data], { cwd })
  expect(ill.code).toBe(1)
  expect(ill.out).toMatch(/bad {2}http:\/\/127\.0\.0\.1:9: /)
  expect(ill.out).toContain('bad  keyless: no key for groq')
  expect(ill.out).toContain('Set GROQ_API_KEY.')
  expect(ill.out).toContain('bad  priceless: the price of openai/no-such-model is unknown')
  expect(ill.out).toContain('bad  PostgreSQL')
  expect(ill.out).toContain('checks failed')
  expect(ill.out + ill.err).not.toContain(secret)
})

test('providers lists whom it can call, with their key variables', async () => {
  const { code, out } = await run(['providers'], { cwd, env: { OPENAI_API_KEY: secret } })
  expect(code).toBe(0)
  expect(out).toContain('OPENAI_API_KEY')
  expect(out).toContain('ANTHROPIC_API_KEY')
  expect(out).not.toContain(secret)
})

test('db copy refuses a source that is not there, and makes nothing', async () => {
  const [from, to] = [join(cwd, 'nowhere'), join(cwd, 'target')]
  const { code, out, err } = await run(['db', 'copy', '--data-directory', from, '--to', to], { cwd })
  expect([code, out]).toEqual([1, ''])
  expect(err).toContain(`no embedded database in ${from}`)
  expect(err).toContain('--data-directory')
  expect(err).not.toContain('    at ')
  expect([existsSync(from), existsSync(to)]).toEqual([false, false])
})

test('a reader that leaves early, as head does, is no failure', async () => {
  const providers = command(['providers'], { cwd })
  providers.process.stdout?.destroy()
  expect([await providers.ended, providers.err]).toEqual([0, ''])
})

test('an unknown command or option is refused with a hint', async () => {
  for (const args of [['strat'], ['start', '--prot', '4000'], ['start', '--port', 'many']]) {
    const { code, err } = await run(args, { cwd })
    expect([args, code === 0]).toEqual([args, false])
    expect(err).not.toContain('    at ')
    expect(err.trim()).not.toBe('')
  }
})
