import { utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CreateStrategy } from 'sluice/internal'
import { describe, expect, test } from 'vitest'
import { loadConfig } from './load-config.ts'
import { loadText, problemsOf, writeFiles } from './testing/load-text.ts'

const using = (name: string) => `router_settings:\n  routing_strategy: ${name}\n`
const FIRST = "export default () => ({ name: 'first', pick: all => all[0] })"

const nameOf = (strategy: unknown) =>
  (strategy as CreateStrategy)({}, { random: Math.random, tokenPrice: () => undefined }).name

async function problemWith(source: string, name = './mine.mjs') {
  const [problem, ...more] = await problemsOf(using(name), { files: { 'mine.mjs': source } })
  expect(more).toEqual([])
  return problem?.replace(/\/\S*\//g, '…/')
}

describe('a strategy of a module', () => {
  test.each([
    ['the default export, beside the file', './mine.mjs', FIRST],
    ['a name after a #', 'mine.mjs#first', FIRST.replace('default', 'const first =')],
    ['TypeScript', './mine.ts', FIRST],
  ])('is named by %s', async (_, name, source) => {
    const file = name.replace(/^\.\/|#.*/g, '')
    const { settings, files } = await loadText(using(name), { files: { [file]: source } })
    expect(nameOf(settings.router.strategy)).toBe('first')
    expect(files.at(-1)).toMatch(new RegExp(`/${file}$`))
  })

  test('is found from the file that names it, though that is an included one', async () => {
    const directory = await writeFiles({
      'config.yaml': 'include: [more.yaml]\n',
      'more.yaml': using('./mine.mjs'),
      'mine.mjs': FIRST,
    })
    const { settings } = await loadConfig({ path: join(directory, 'config.yaml'), env: new Map() })
    expect(nameOf(settings.router.strategy)).toBe('first')
  })

  test('may be an object that keeps state, which is not frozen', async () => {
    const source =
      "export default { name: 'turns', turn: 0, pick(all) { return all[this.turn++ % all.length] } }"
    const { settings } = await loadText(using('./mine.mjs'), { files: { 'mine.mjs': source } })
    const strategy = (settings.router.strategy as CreateStrategy)(
      {},
      { random: Math.random, tokenPrice: () => undefined },
    )
    const all = ['a', 'b'] as never
    expect([1, 2, 3].map(() => strategy.pick(all, {} as never))).toEqual(['a', 'b', 'a'])
  })

  test('is told its arguments as they are written', async () => {
    const text = `${using('./mine.mjs')}  routing_strategy_args: { favourite: b, ttl: 3 }\n`
    const { settings } = await loadText(text, { files: { 'mine.mjs': FIRST } })
    expect(settings.router.strategyArgs).toMatchObject({ ttlMs: 3000, own: { favourite: 'b', ttl: 3 } })
  })

  test('is imported again once it has changed', async () => {
    const directory = await writeFiles({ 'config.yaml': using('./mine.mjs'), 'mine.mjs': FIRST })
    const load = async () => {
      const { settings } = await loadConfig({ path: join(directory, 'config.yaml'), env: new Map() })
      return nameOf(settings.router.strategy)
    }
    expect(await load()).toBe('first')
    await writeFile(join(directory, 'mine.mjs'), FIRST.replace("'first'", "'other'"))
    await utimes(join(directory, 'mine.mjs'), 1, 1)
    expect(await load()).toBe('other')
  })
})

describe('the start is refused, with line and key, when', () => {
  const at = '2:21 router_settings.routing_strategy:'

  test('there is no such file', async () => {
    expect(await problemWith('', './yours.mjs')).toBe(`${at} …/yours.mjs does not exist`)
  })

  test('it cannot be loaded', async () => {
    expect(await problemWith('export default (')).toContain(`${at} …/mine.mjs cannot be loaded: `)
    expect(await problemWith("import 'no-such-package'")).toContain('cannot be loaded: ')
  })

  test('it does not export what is named', async () => {
    expect(await problemWith('export const a = 1; export const b = 2')).toBe(
      `${at} …/mine.mjs has no export default; it exports a, b`,
    )
  })

  test.each([
    ['export default 7', 'is a number, and no strategy'],
    ["export default { name: 'x' }", 'has no function pick (it is undefined)'],
    ['export default { pick() {} }', 'has no name (it is undefined)'],
    ["export default { name: 'x', pick() {}, observe: 1 }", 'has an observe that is a number'],
    ['export default () => undefined', 'makes what is undefined, and no strategy'],
    ["export default () => { throw new Error('not today') }", 'threw Error: not today'],
    [
      'export default class Mine { pick() {} }',
      "threw TypeError: Class constructor Mine cannot be invoked without 'new'",
    ],
  ])('it has another shape: %s', async (source, message) => {
    expect(await problemWith(source)).toBe(`${at} default of …/mine.mjs ${message}`)
  })

  test.each(['https://example.com/mine.mjs', 'data:text/javascript,1.mjs', 'my-package', 'npm:mine.mjs'])(
    'it is no local file: %s',
    async name => {
      const [problem] = await problemsOf(using(`"${name}"`))
      expect(problem).toContain(`${at} expected one of simple-shuffle`)
    },
  )
})
