import { expect, test } from 'vitest'
import { loadText, problemsOf } from '../testing/load-text.ts'

const model = (params: string) => `  - { model_name: m, litellm_params: { model: openai/m, ${params} } }\n`
const router = (params: string) => `router_settings: { default_litellm_params: { ${params} } }\n`
const deploymentsOf = async (text: string) => (await loadText(text)).settings.deployments

test('defaults hold where a deployment says nothing, under whichever name it says it', async () => {
  const list = `model_list:\n${model('temperature: 0.5, base_url: "http://own/v1"')}${model('rpm: 5')}`
  const defaults = router('temperature: 1, api_base: "http://shared/v1", timeout: 30, weight: 2')
  const [first, second] = await deploymentsOf(list + defaults)
  expect(first).toMatchObject({
    ...{ apiBase: 'http://own/v1', params: { temperature: 0.5 }, timeoutMs: 30_000, weight: 2 },
  })
  expect(second).toMatchObject({ apiBase: 'http://shared/v1', params: { temperature: 1 }, rpm: 5 })
})

test('a deployment keeps its id when the defaults change', async () => {
  const list = `model_list:\n${model('rpm: 5')}`
  const [plain] = await deploymentsOf(list)
  const [changed] = await deploymentsOf(list + router('timeout: 30'))
  expect(changed?.id).toBe(plain?.id)
})

test('a default that is wrong refuses to start', async () => {
  const problems = await problemsOf(`model_list:\n${model('rpm: 5')}${router('timeout: soon')}`)
  expect(problems).toEqual([expect.stringContaining('timeout')])
})
