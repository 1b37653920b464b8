import { expect, test } from 'vitest'
import { loadText, problemsOf, warningsOf } from './testing/load-text.ts'

const MODEL = 'model_list: [{ model_name: m, litellm_params: { model: openai/m } }]\n'
const settingsOf = async (text: string) => (await loadText(`${MODEL}${text}`)).settings

test('nothing is checked unless it is asked for, and then every five minutes', async () => {
  const off = await settingsOf('')
  expect(off.health).toEqual({
    ...{ background: false, intervalMs: 300_000, details: true, concurrency: 8 },
    ...{ groups: undefined, skipDisabled: false },
  })
  expect(off.router.healthRouting).toBeUndefined()
  const on = await settingsOf(
    'general_settings: { background_health_checks: true, enable_health_check_routing: true }',
  )
  expect(on.health.background).toBe(true)
  expect(on.router.healthRouting).toEqual({
    staleMs: 600_000,
    ignoreTransientErrors: false,
    groups: undefined,
  })
})

test('a finding counts for twice the interval; what the router says of it wins', async () => {
  const { router, health } = await settingsOf(`
general_settings:
  background_health_checks: true
  health_check_interval: 0.5
  background_health_check_model_groups: [m]
  health_check_ignore_transient_errors: true
router_settings: { enable_health_check_routing: true, health_check_ignore_transient_errors: false }`)
  expect(health.intervalMs).toBe(500)
  expect(router.healthRouting).toEqual({
    ...{ staleMs: 1_000, ignoreTransientErrors: false, groups: new Set(['m']) },
  })
})

test('routing by checks that nobody makes, and groups that do not exist, are warned about', async () => {
  expect(await warningsOf(`${MODEL}router_settings: { enable_health_check_routing: true }`)).toEqual([
    expect.stringContaining('little effect while nobody is checked'),
  ])
  const text = 'general_settings: { background_health_check_model_groups: [n] }'
  expect(await warningsOf(`${MODEL}${text}`)).toEqual([
    expect.stringContaining('the group of health checks "n"'),
  ])
})

test('an interval of nothing refuses to start', async () => {
  expect(await problemsOf(`${MODEL}general_settings: { health_check_interval: 0 }`)).toEqual([
    expect.stringContaining('general_settings.health_check_interval'),
  ])
})
