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

for (const [name, place] of Object.entries(places)) {
  test(`every key of ${name} takes the example that its remedy shows`, async () => {
    for (const [key, row] of Object.entries(named(name).rows)) {
      if (row.required || key === 'include' || key === 'litellm_credential_name') continue
      const text = place(`${key}: ${row.type.example}\n`)
      const { warnings } = await loadText(text, { env }).catch((error: unknown) => {
        throw new Error(`${key}: ${String(error)}`)
      })
      const unknown = warnings.filter(({ message }) => /unknown key|belongs under/.test(message))
      expect(unknown, key).toEqual([])
    }
  })

  test(`every key of ${name} that has no effect says so`, async () => {
    for (const [key, row] of Object.entries(named(name).rows)) {
      if (row.status === 'works') continue
      const warnings = await warningsOf(place(`${key}: ${row.type.example}\n`), { env })
      const word = row.status === 'unenforced' ? 'NOT ENFORCED' : 'no effect yet'
      const covered = name === 'litellm_settings.cache_params' ? 'cache_params' : key
      expect(
        warnings.filter(text => text.includes(covered) && text.includes(word)),
        key,
      ).toHaveLength(1)
    }
  })
}

test('every other name stands for a key of its own section', () => {
  for (const section of sections) {
    for (const [key, row] of Object.entries(section.rows)) {
      if (row.alias !== undefined)
        expect(Object.hasOwn(section.rows, row.alias), `${section.name}.${key}`).toBe(true)
    }
  }
})
