import { expect, test } from 'vitest'
import { OPENAI_TOOL_NAMES, ToolNames } from './tool-names.ts'

const long = 'x'.repeat(65)
const tools = [{ function: { name: long } }, { function: { name: `${long}y` } }, { name: 'my tool' }]

test('names the vendor takes stay, others fit, differ from each other and come back', () => {
  const names = new ToolNames(OPENAI_TOOL_NAMES, { tools })
  expect(names.theirs('get_weather-2')).toBe('get_weather-2')
  const spelled = [long, `${long}y`, 'my tool'].map(name => names.theirs(name))
  expect(new Set(spelled).size).toBe(3)
  for (const name of spelled) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
  expect(spelled.map(name => names.ours(name))).toEqual([long, `${long}y`, 'my tool'])
  expect(names.ours('get_weather-2')).toBe('get_weather-2')
})

test('the same name is spelled alike in every request, and the change is recorded once', () => {
  const warnings: unknown[] = []
  const names = new ToolNames(OPENAI_TOOL_NAMES)
  const spelled = names.define('my tool', 'tools[0].function.name', warning => warnings.push(warning))
  expect(spelled).toBe(new ToolNames(OPENAI_TOOL_NAMES, { tools: [] }).theirs('my tool'))
  names.define('fine', 'tools[1].function.name', warning => warnings.push(warning))
  expect(warnings).toMatchObject([{ action: 'renamed', param: 'tools[0].function.name' }])
})
