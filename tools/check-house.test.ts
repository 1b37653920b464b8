import { describe, expect, test } from 'vitest'
import { judge } from './house/judge.ts'
import { type Module, readModule } from './house/read-module.ts'
import { judgeSizes, recordSizes } from './house/sizes.ts'

const sdk = 'packages/sdk/src'
const gateway = 'packages/gateway/src'
const house = {
  packages: new Map([
    [sdk, ['undici', 'tokenx']],
    [gateway, ['kysely', 'fastify', 'undici', 'sluice']],
  ]),
  providerNames: new Set(['groq', 'x-ai', 'gemini']),
}

function read(files: Readonly<Record<string, string>>): Module[] {
  return Object.entries(files).map(([path, source]) => readModule(path, source))
}

/** What is wrong with `files`, one `path:line message` each. */
function problemsOf(files: Readonly<Record<string, string>>): string[] {
  return judge(read(files), house).map(({ path, line, message }) => `${path}:${line ?? ''} ${message}`)
}

describe('rooms', () => {
  test('an import from a lower room or the same row passes', () => {
    const files = {
      [`${sdk}/router/pick.ts`]: `import { call } from '../call.ts'\nimport type { A } from '../types/a.ts'`,
      [`${gateway}/limits/claim.ts`]: `import { caller } from '../auth/caller.ts'`,
    }
    expect(problemsOf(files)).toEqual([])
  })

  test.each([
    `import { pick } from '../router/pick.ts'`,
    `import type { Pick } from '../router/pick.ts'`,
    `export * from '../router/pick.ts'`,
    `const later = () => import('../router/pick.ts')`,
    `type Later = import('../router/pick.ts').Pick`,
  ])('an import from a higher room is refused: %s', source => {
    const [problem] = problemsOf({ [`${sdk}/codecs/x.ts`]: `\n${source}` })
    expect(problem).toContain('codecs/x.ts:2 imports ../router/pick.ts: room "router" is above "codecs"')
  })

  test('a file in no room is refused', () => {
    expect(problemsOf({ [`${sdk}/drawer/x.ts`]: '' })[0]).toContain('is in no room')
  })

  test('another package is imported by name, and only its public doors', () => {
    const problems = problemsOf({
      [`${gateway}/auth/a.ts`]: `import 'sluice/internal'\nimport 'sluice/src/x'\nimport '../../../sdk/src/index.ts'`,
      [`${sdk}/api/b.ts`]: `import 'fastify'\nimport '@sluice/gateway'\nimport 'tokenx'`,
    })
    expect(problems.map(problem => problem.split(' ')[0])).toEqual([
      `${gateway}/auth/a.ts:3`,
      `${gateway}/auth/a.ts:2`,
      `${sdk}/api/b.ts:1`,
      `${sdk}/api/b.ts:2`,
    ])
  })
})

describe('cycles', () => {
  test('a cycle is reported once, with its files', () => {
    const problems = problemsOf({
      [`${sdk}/types/a.ts`]: `import { b } from './b.ts'`,
      [`${sdk}/types/b.ts`]: `import { c } from './c.ts'`,
      [`${sdk}/types/c.ts`]: `export { a } from './a.ts'`,
    })
    expect(problems).toEqual([`${sdk}/types/a.ts: is in an import cycle: a.ts → b.ts → c.ts → a.ts`])
  })

  test('types may refer to each other', () => {
    const files = {
      [`${sdk}/types/a.ts`]: `import type { B } from './b.ts'`,
      [`${sdk}/types/b.ts`]: `import { type A } from './a.ts'`,
    }
    expect(problemsOf(files)).toEqual([])
  })
})

describe('reach', () => {
  test.each([
    [`const key = process.env.KEY`, 'process.env'],
    [`const all = process['env']`, 'process.env'],
    [`const { env, argv } = process`, 'process.env'],
    [`import { env } from 'node:process'`, 'process.env'],
    [`import { request } from 'undici'`, '"undici"'],
    [`import { createServer } from 'node:http'`, '"node:http"'],
    [`const reply = await fetch(url)`, 'fetch()'],
    [`const reply = await globalThis.fetch(url)`, 'fetch()'],
    [`import { sql } from 'kysely'`, '"kysely"'],
  ])('is refused outside its rooms: %s', (source, what) => {
    expect(problemsOf({ [`${gateway}/limits/x.ts`]: source })[0]).toContain(`uses ${what}`)
  })

  test('is allowed in its rooms, in tests, and for types of sockets', () => {
    const files = {
      [`${gateway}/config/x.ts`]: `const key = process.env.KEY`,
      [`${gateway}/db/x.ts`]: `import { sql } from 'kysely'`,
      [`${gateway}/server.ts`]: `import { createServer } from 'node:http'`,
      [`${gateway}/mcp/x.ts`]: `import type { IncomingMessage } from 'node:http'`,
      [`${gateway}/limits/x.test.ts`]: `const reply = await fetch(process.env.URL)`,
    }
    expect(problemsOf(files)).toEqual([])
  })
})

describe('provider names', () => {
  test.each([`if (provider === 'groq') turn()`, `const base = table['x-ai']`, `call(gemini)`])(
    'are refused outside providers and codecs: %s',
    source => {
      expect(problemsOf({ [`${sdk}/router/x.ts`]: source })[0]).toContain('names the provider')
    },
  )

  test('may be part of a longer word, such as a format', () => {
    const source = `const formats = ['gemini-embeddings', 'anthropic-messages']\nimport './gemini'`
    expect(problemsOf({ [`${sdk}/endpoints/x.ts`]: source })).toEqual([])
  })
})

test.each(['utils.ts', 'helpers/x.ts', 'common/x.ts', 'x.utils.ts', 'codecCamel.ts'])(
  '%s is no name',
  name => {
    const path = `${sdk}/types/${name}`
    expect(problemsOf({ [path]: '' })).toHaveLength(1)
  },
)

describe('sizes', () => {
  const path = `${sdk}/types/long.ts`
  const lines = (count: number) =>
    Array.from({ length: count }, (_, at) => `export const v${at} = ${at}`).join('\n')
  const body = (count: number) => `function long() {\n${'  step()\n'.repeat(count - 2)}}`
  const messages = (source: string, ratchet = {}) =>
    judgeSizes(read({ [path]: source }), ratchet).map(({ message }) => message)

  test('a file of 300 lines passes, a longer one needs an entry, and none may pass 500', () => {
    expect(messages(lines(300))).toEqual([])
    expect(messages(lines(301))[0]).toContain('has 301 lines, 300 accepted')
    expect(messages(lines(320), { [path]: 320 })).toEqual([])
    expect(messages(lines(321), { [path]: 320 })[0]).toContain('has 321 lines, 320 accepted')
    expect(messages(lines(501), { [path]: 501 })[0]).toContain('at most 500 for a file')
  })

  test('a test file has the hard limit only', () => {
    const sizes = (count: number) => judgeSizes(read({ [`${sdk}/types/long.test.ts`]: lines(count) }), {})
    expect(sizes(500)).toEqual([])
    expect(sizes(501)).toHaveLength(1)
  })

  test('a function of 50 lines passes, a longer one needs an entry, and none may pass 80', () => {
    const key = `${path}#long`
    expect(messages(body(50))).toEqual([])
    expect(messages(body(51))[0]).toContain('function long has 51 lines')
    expect(messages(body(60), { [key]: 60 })).toEqual([])
    expect(messages(body(81), { [key]: 81 })[0]).toContain('at most 80')
  })

  test('a folder holds 25 files beside its tests, plug-in folders any number', () => {
    const files = (folder: string, count: number, end: string) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`${folder}/f${at}${end}`, '']))
    const crowd = read(files(`${sdk}/cache`, 26, '.ts'))
    expect(judgeSizes(crowd, { [`${sdk}/cache`]: 26 })[0]?.message).toContain('has 26 files: at most 25')
    expect(judgeSizes(read(files(`${sdk}/cache`, 26, '.test.ts')), {})).toEqual([])
    expect(judgeSizes(read(files(`${sdk}/providers/vendors`, 40, '.ts')), {})).toEqual([])
  })

  test('what is recorded is accepted, and a table has no limit', () => {
    const modules = read({ [path]: lines(400), [`${sdk}/types/table.gen.ts`]: lines(900) })
    expect(recordSizes(modules)).toEqual({ [path]: 400 })
    expect(judgeSizes(modules, recordSizes(modules))).toEqual([])
  })
})
