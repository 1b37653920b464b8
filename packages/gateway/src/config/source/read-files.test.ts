import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { loadText, problemsOf } from '../testing/load-text.ts'

const entry = (name: string) =>
  `  - { model_name: ${name}, litellm_params: { model: gpt-4o, user: ${name} } }\n`

test('included lists are appended, maps merged and other values replaced with a warning', async () => {
  const main = `include: [models.yaml, router.yaml]\nmodel_list:\n${entry('a')}router_settings: { num_retries: 1, timeout: 5 }\n`
  const files = {
    'models.yaml': `model_list:\n${entry('b')}`,
    'router.yaml': 'router_settings: { num_retries: 4, cooldown_time: 9 }\n',
  }
  const loaded = await loadText(main, { files })
  expect(loaded.settings.deployments.map(({ group }) => group)).toEqual(['a', 'b'])
  expect(loaded.settings.router).toMatchObject({ retries: 4, timeoutMs: 5_000, cooldownMs: 9_000 })
  expect(loaded.warnings.map(({ key, message }) => `${key} ${message}`)).toEqual([
    expect.stringMatching(/^router_settings\.num_retries replaces the value of .*config\.yaml:4$/),
  ])
  expect(loaded.files.map(file => file.split('/').at(-1))).toEqual([
    'config.yaml',
    'models.yaml',
    'router.yaml',
  ])
  expect(loaded.files[0]).toBe(resolve(loaded.settings.source ?? ''))
})

test('problems in an included file name that file', async () => {
  const files = { 'more.yaml': '\nrouter_settings:\n  num_retries: many\n' }
  const error = await loadText('include: [more.yaml]', { files }).catch((reason: unknown) => reason)
  expect(String(error)).toMatch(/more\.yaml:3:16 router_settings\.num_retries: expected a whole number/)
})

test('a file that is missing, or includes itself, is refused where it is named', async () => {
  expect(await problemsOf('include:\n  - gone.yaml\n')).toEqual([
    expect.stringMatching(/^2:5 include: .*gone\.yaml does not exist$/),
  ])
  expect(await problemsOf('include: [config.yaml]')).toEqual([
    expect.stringMatching(/^1:11 include: .*includes itself$/),
  ])
  expect(await problemsOf('include: [{ a: 1 }]')).toContain('1:11 include: expected a list of file paths')
})
