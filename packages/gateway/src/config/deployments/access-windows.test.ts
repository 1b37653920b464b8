import { expect, test } from 'vitest'
import { loadText, problemsOf } from '../testing/load-text.ts'

const withWindow = (window: string) =>
  `model_list: [{ model_name: m, litellm_params: { model: openai/m }, model_info: { access_windows: [${window}] } }]`

test('a window is read as LiteLLM writes it', async () => {
  const text = withWindow('{ start: "22:00", end: "06:00", timezone: America/New_York, team_ids: [night] }')
  expect((await loadText(text)).settings.deployments[0]?.accessWindows).toEqual([
    { start: '22:00', end: '06:00', timezone: 'America/New_York', teamIds: ['night'] },
  ])
})

test.each([
  ['{ start: "25:00", end: "06:00", team_ids: [t] }', 'start'],
  ['{ start: "06:00", end: "06:00", team_ids: [t] }', 'end'],
  ['{ start: "22:00", end: "06:00", timezone: Mars/Olympus, team_ids: [t] }', 'timezone'],
  ['{ start: "22:00", end: "06:00", team_ids: [] }', 'team_ids'],
  ['{ start: "22:00", end: "06:00" }', 'team_ids'],
])('%s refuses to start, by name', async (window, name) => {
  const problems = await problemsOf(withWindow(window))
  expect(problems).toEqual([expect.stringContaining(`model_info.access_windows[0].${name}`)])
})
