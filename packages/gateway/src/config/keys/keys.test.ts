import { expect, test } from 'vitest'
import { documentedKeys } from '../testing/documented-keys.ts'
import { loadText, warningsOf } from '../testing/load-text.ts'
import type { Section } from './row.ts'
import { sections } from './top-level.ts'

/** Variables that the examples name. */
const env = { NAME: 'sk-0123456789abcdefghij' }
const params = (text: string) =>
  `model_list:\n- model_name: a\n  litellm_params:\n    model: openai/gpt-4o\n${text}`
const indented = (text: string, by: number) => text.replace(/^(?=.)/gm, ' '.repeat(by))

/** How a section's keys are written into a file. */
const places: Readonly<Record<string, (text: string) => string>> = {
  'the top level': text => text,
  'model_list[].litellm_params': text => params(indented(text, 4)),
  'model_list[].model_info': text => params(`  model_info:\n${indented(text, 4)}`),
  litellm_settings: text => `litellm_settings:\n${indented(text, 2)}`,
  'litellm_settings.cache_params': text => `litellm_settings:\n  cache_params:\n${indented(text, 4)}`,
  general_settings: text => `general_settings:\n${indented(text, 2)}`,
  router_settings: text => `router_settings:\n${indented(text, 2)}`,
}

const named = (name: string): Section => {
  const section = sections.find(candidate => candidate.name === name)
  if (!section) throw new Error(`no section ${name}`)
  return section
}

for (const [name, keys] of Object.entries(documentedKeys)) {
  test(`every documented key of ${name} is in its table`, () => {
    const { rows, patterns = [] } = named(name)
    const missing = keys.filter(
      key => !Object.hasOwn(rows, key) && !patterns.some(({ matches }) => matches(key)),
    )
    expect(missing).toEqual([])
  })
}

/** Keys whose example cannot stand alone: they name something that must exist. */
const NEEDS_MORE = [
  'include',
  'provider_budget_config',
  'litellm_credential_name',
  'custom_llm_provider',
  'custom_auth',
  'enable_jwt_auth',
  'enable_oauth2_auth',
]

for (const [name, place] of Object.entries(places)) {
  test(`every key of ${name} takes the example that its remedy shows`, async () => {
    const unknown: string[] = []
    for (const [key, row] of Object.entries(named(name).rows)) {
      if (row.required || NEEDS_MORE.includes(key)) continue
      const { warnings } = await loadText(place(`${key}: ${row.type.example}\n`), { env })
      if (warnings.some(({ message }) => /unknown key|belongs under/.test(message))) unknown.push(key)
    }
    expect(unknown).toEqual([])
  })

  test(`every key of ${name} that has no effect says so, once`, async () => {
    const silent: string[] = []
    for (const [key, row] of Object.entries(named(name).rows)) {
      if (row.status === 'works') continue
      const warnings = await warningsOf(place(`${key}: ${row.type.example}\n`), { env })
      const word = row.status === 'unenforced' ? 'NOT ENFORCED' : 'no effect yet'
      const shown = name === 'litellm_settings.cache_params' ? 'cache_params' : key
      const count = warnings.filter(text => text.includes(shown) && text.includes(word)).length
      if (count !== 1) silent.push(`${key}: ${count}`)
    }
    expect(silent).toEqual([])
  })
}

test('every other name stands for a key of its own section', () => {
  const astray = sections.flatMap(({ name, rows }) =>
    Object.entries(rows).flatMap(([key, { alias }]) =>
      alias === undefined || Object.hasOwn(rows, alias) ? [] : [`${name}.${key}`],
    ),
  )
  expect(astray).toEqual([])
})
