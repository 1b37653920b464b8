import { expect, test } from 'vitest'
import { Report } from '../report.ts'
import { toJson } from './node.ts'
import { parseYaml } from './parse-yaml.ts'

function parse(text: string) {
  const report = new Report()
  const node = parseYaml(text, 'f.yaml', report)
  return {
    value: node && toJson(node),
    node,
    problems: report.problems.map(({ line, message }) => `${line}: ${message}`),
  }
}

test('anchors, aliases and merge keys work, and own keys win over merged ones', () => {
  const { value, problems } = parse(`
base: &base { a: 1, b: 2 }
other: &other { b: 9, c: 3 }
one: { <<: *base, b: 5 }
two:
  <<: [*base, *other]
list: [*base]
`)
  expect(problems).toEqual([])
  expect(value).toMatchObject({ one: { a: 1, b: 5 }, two: { a: 1, b: 2, c: 3 }, list: [{ a: 1, b: 2 }] })
})

test('values remember the line and column where they stand', () => {
  const { node } = parse('a:\n  - x\n  - deep: 12\n')
  const list = node?.kind === 'map' ? node.entries.get('a')?.value : undefined
  const second = list?.kind === 'list' ? list.items[1] : undefined
  const deep = second?.kind === 'map' ? second.entries.get('deep') : undefined
  expect(deep?.place).toEqual({ file: 'f.yaml', line: 3, column: 5 })
  expect(deep?.value.place).toEqual({ file: 'f.yaml', line: 3, column: 11 })
})

test('aliases that explode are refused quickly', () => {
  const levels = Array.from(
    { length: 9 },
    (_, i) => `l${i + 1}: &l${i + 1} [${Array(10).fill(`*l${i}`).join(', ')}]`,
  )
  const { problems } = parse(['l0: &l0 x', ...levels].join('\n'))
  expect(problems).toHaveLength(1)
  expect(problems[0]).toContain('more than 200000 values after aliases are expanded')
})

test('an alias inside its own anchor is refused', () => {
  expect(parse('a: &a\n  b: *a\n').problems).toEqual(['2: an alias refers to a value that contains it'])
})

test('an alias without anchor, a bad merge and a __proto__ key are refused', () => {
  expect(parse('a: *nowhere\n').problems).toEqual([expect.stringContaining('1: ')])
  expect(parse('a:\n  <<: 3\n').problems).toEqual(['2: << needs a map or a list of maps'])
  expect(parse('__proto__: { polluted: true }\n').problems).toEqual(['1: this key is not allowed'])
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
})

test('text is kept as it was typed', () => {
  const { node } = parse('id: 0123\nwhen: 2024-10-21\n')
  const id = node?.kind === 'map' ? node.entries.get('id')?.value : undefined
  expect(id).toMatchObject({ value: 123, text: '0123' })
  expect(toJson(node ?? { kind: 'list', place: { file: '', line: 0, column: 0 }, items: [] })).toMatchObject({
    when: '2024-10-21',
  })
})

test('nesting without end is refused', () => {
  expect(parse(`a: ${'['.repeat(150)}${']'.repeat(150)}`).problems).toEqual([
    '1: the file holds more than 100 levels',
  ])
  expect(parse('a: '.concat('['.repeat(50_000))).problems[0]).toMatch(/nested too deeply|not valid YAML/)
})
