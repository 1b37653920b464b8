import { describe, expect, test } from 'vitest'
import type { ModelFacts } from '../../models/model-facts.ts'
import type { Deployment } from '../../types/deployment.ts'
import { candidatesOf, emptyVisit, idOf } from '../testing/candidates.ts'
import { capable } from './capable.ts'
import type { FilterAsk, FilterSettings } from './filter.ts'
import { lowestOrder } from './order.ts'
import { readAccessWindows } from './read-access-windows.ts'

const ask = (over: Partial<FilterAsk> = {}): FilterAsk => ({
  group: 'g',
  endpoint: 'chat',
  request: {},
  tags: [],
  userAgent: undefined,
  region: undefined,
  teamId: undefined,
  now: 0,
  inputTokens: () => 100,
  facts: ({ modelInfo }) => modelInfo && ({ key: 'm', ...modelInfo } as ModelFacts),
  ...over,
})

/** Ids of those left, or the error; and the receipt. */
function left(overs: readonly Partial<Deployment>[], asked: FilterAsk, settings: FilterSettings = {}) {
  const visit = emptyVisit()
  try {
    return {
      ids: capable(candidatesOf(...overs), asked, settings, visit)
        .map(idOf)
        .join(''),
      visit,
    }
  } catch (error) {
    return { error, visit }
  }
}

test('without anything to look for the very same candidates come back, and nothing is written down', () => {
  const candidates = candidatesOf({}, {})
  const visit = emptyVisit()
  expect(capable(candidates, ask(), {}, visit)).toBe(candidates)
  expect(visit).toEqual(emptyVisit())
})

describe('blocked', () => {
  test('a blocked deployment takes no calls, and a blocked group says so', () => {
    const blocked = { modelInfo: { blocked: true } }
    expect(left([blocked, {}], ask()).ids).toBe('b')
    expect(left([blocked], ask()).error).toMatchObject({
      status: 503,
      retryable: false,
      message: expect.stringContaining('a: it is blocked by the operator'),
    })
  })
})

describe('tags', () => {
  const settings = { enableTagFiltering: true }
  const overs = [{ tags: ['free', 'eu'] }, { tags: ['paid'] }, { tags: ['default'] }, {}]

  test('a tag that is shared, else the pattern, else the default', () => {
    expect(left(overs, ask({ tags: ['free'] }), settings).ids).toBe('a')
    expect(left(overs, ask({ tags: ['free', 'paid'] }), settings).ids).toBe('ab')
    expect(left(overs, ask({ tags: ['other'] }), settings).ids).toBe('c')
    expect(left(overs, ask(), settings).ids).toBe('c')
    const patterns = [{ tagPatterns: [/^User-Agent: app\//] }, { tags: ['default'] }]
    expect(left(patterns, ask({ userAgent: 'app/1.2' }), settings).ids).toBe('a')
    expect(left(patterns, ask({ userAgent: 'curl' }), settings).ids).toBe('b')
  })

  test('every tag of the call, where one is not enough', () => {
    const all = { ...settings, tagFilteringMatchAny: false }
    expect(left(overs, ask({ tags: ['free', 'eu'] }), all).ids).toBe('a')
    expect(left(overs, ask({ tags: ['free', 'paid'] }), all).ids).toBe('c')
  })

  test('a call without tags goes anywhere where there is no default; one with tags nowhere, and is told no names', () => {
    const tagged = [{ tags: ['free'] }, {}]
    expect(left(tagged, ask(), settings).ids).toBe('ab')
    const { error } = left(tagged, ask({ tags: ['paid'] }), settings)
    expect(error).toMatchObject({
      status: 403,
      message: expect.stringMatching(/tags configuration\. Passed model=g\.$/),
    })
  })

  test('what tags left out is not named either where another rule left nobody', () => {
    const tagged = [{ tags: ['secret'] }, { tags: ['free'], region: 'us' }]
    const { error } = left(tagged, ask({ tags: ['free'], region: 'eu' }), settings)
    expect(error).toMatchObject({ status: 400, message: expect.stringContaining('b: ') })
    expect((error as Error).message).not.toMatch(/a: |has not the tags/)
  })

  test('tags with the routing prefix are looked for without it', () => {
    const prefixed = { ...settings, tagRoutingPrefix: 'route:' }
    expect(left(overs, ask({ tags: ['feature:demo', 'route:paid'] }), prefixed).ids).toBe('b')
    expect(left(overs, ask({ tags: ['route:paid'] }), settings).ids).toBe('c')
  })

  test('nothing happens where it is not switched on', () => {
    expect(left(overs, ask({ tags: ['free'] })).ids).toBe('abcd')
  })
})

describe('team', () => {
  const overs = [{ modelInfo: { team_id: 'red' } }, { modelInfo: { team_id: 'blue' } }, {}]

  test('a deployment of a team is reached by its team alone', () => {
    expect(left(overs, ask({ teamId: 'red' })).ids).toBe('ac')
    expect(left(overs, ask()).ids).toBe('c')
  })

  test('when all are of other teams, no name is told', () => {
    const message = 'Every deployment of g belongs to another team.'
    expect(left(overs.slice(0, 2), ask({ teamId: 'green' })).error).toMatchObject({ status: 403, message })
  })
})

describe('access windows', () => {
  const night = { start: '22:00', end: '06:00', timezone: 'America/New_York', teamIds: ['night'] }
  const at = (time: string) => Date.parse(`2026-03-10T${time}:00-04:00`)
  const overs = [{ accessWindows: [night] }, {}]

  test('a reserved deployment is its teams’ alone while the window is open, over midnight too', () => {
    const open = (time: string, teamId?: string) => left(overs, ask({ now: at(time), teamId })).ids
    expect(['21:59', '22:00', '23:30', '00:10', '05:59', '06:00'].map(time => open(time))).toEqual([
      'ab',
      'b',
      'b',
      'b',
      'b',
      'ab',
    ])
    expect([open('23:00', 'night'), open('23:00', 'other')]).toEqual(['ab', 'b'])
  })

  test('the clocks of its time zone count, in summer and in winter', () => {
    const office = { start: '09:00', end: '17:00', timezone: 'Europe/Berlin', teamIds: ['t'] }
    const ids = (utc: string) =>
      left([{ accessWindows: [office] }, {}], ask({ now: Date.parse(`${utc}:00Z`) })).ids
    expect([ids('2026-01-15T07:59'), ids('2026-01-15T08:00')]).toEqual(['ab', 'b'])
    expect([ids('2026-07-15T06:59'), ids('2026-07-15T07:00')]).toEqual(['ab', 'b'])
  })

  test('of two windows that are open, the teams of both may', () => {
    const both = [{ accessWindows: [night, { ...night, teamIds: ['late'] }] }, {}]
    expect(left(both, ask({ now: at('23:00'), teamId: 'late' })).ids).toBe('ab')
  })

  test('when all are reserved, the refusal says until when', () => {
    const { error } = left(overs.slice(0, 1), ask({ now: at('23:00') }))
    expect(error).toMatchObject({
      status: 400,
      message: expect.stringContaining('reserved for another team until 06:00 America/New_York'),
    })
  })

  test.each([
    [{ start: '25:00' }, 'start'],
    [{ end: '22:00' }, 'end'],
    [{ timezone: 'Mars/Olympus' }, 'timezone'],
    [{ team_ids: [] }, 'team_ids'],
  ])('%j is refused by name', (wrong, name) => {
    const window = { start: '22:00', end: '06:00', timezone: 'UTC', team_ids: ['t'], ...wrong }
    expect(() => readAccessWindows([window])).toThrow(`model_info.access_windows[0].${name}`)
  })
})

describe('region', () => {
  test('the region itself and its parts; a deployment that states none is left out', () => {
    const overs = [{ region: 'eu' }, { region: 'EU-West-1' }, { region: 'us-east-1' }, {}]
    expect(left(overs, ask({ region: 'eu' })).ids).toBe('ab')
    const { error } = left(overs.slice(2), ask({ region: 'eu' }))
    expect(error).toMatchObject({
      status: 400,
      param: 'allowed_model_region',
      message: expect.stringContaining('a: its region is us-east-1; b: it states no region_name.'),
    })
  })
})

describe('context window', () => {
  const settings = { enablePreCallChecks: true }
  const overs = [{ modelInfo: { max_input_tokens: 1000 } }, { modelInfo: { max_input_tokens: 9000 } }, {}]

  test('leaves out what the prompt does not fit in, by an estimate that is rather high', () => {
    const of = (tokens: number) => left(overs, ask({ inputTokens: () => tokens }), settings).ids
    expect(of(900)).toBe('abc')
    expect(of(1100)).toBe('abc')
    expect(of(1200)).toBe('bc')
    expect(of(99_000)).toBe('c')
    expect(left(overs, ask({ inputTokens: () => 99_000 })).ids).toBe('abc')
  })

  test('all too small is the error that has fallbacks of its own', () => {
    const { error } = left(overs.slice(0, 2), ask({ inputTokens: () => 99_000 }), settings)
    expect(error).toMatchObject({
      kind: 'context_window',
      message: expect.stringContaining('a: the prompt has about 90000 tokens, it takes 1000; b:'),
    })
  })
})

describe('needs', () => {
  const settings = { enablePreCallChecks: true }
  const picture = {
    messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:,' } }] }],
  }
  const sees = { modelInfo: { supports_vision: true } }

  test('a deployment known to be able goes before those nobody knows it of', () => {
    expect(left([{}, sees], ask({ request: picture }), settings).ids).toBe('b')
    expect(left([{}, {}], ask({ request: picture }), settings).ids).toBe('ab')
    expect(left([{}, sees], ask(), settings).ids).toBe('ab')
  })

  test.each([
    [picture, 'supports_vision'],
    [{ tools: [{ type: 'function' }] }, 'supports_function_calling'],
    [{ response_format: { type: 'json_schema' } }, 'supports_response_schema'],
  ])('%j is refused where all are known not to', (request, fact) => {
    const { error } = left([{ modelInfo: { [fact]: false } }], ask({ request }), settings)
    expect(error).toMatchObject({ status: 400, code: 'no_capable_deployment' })
    expect(String(error)).toContain(fact)
  })
})

test('only the first twenty of those ruled out are listed, and all are counted', () => {
  const overs = Array.from({ length: 50 }, (_, index) => ({ modelInfo: { blocked: index > 0 } }))
  const { visit, ids } = left(overs, ask())
  expect(ids).toBe('a')
  expect([visit.ruledOut.length, visit.ruledOutCount]).toEqual([20, 49])
})

test('the lowest order of those left counts; without one it is 0', () => {
  const candidates = candidatesOf({ order: 2 }, { order: 1 }, { order: 1 })
  expect(lowestOrder(candidates).map(idOf)).toEqual(['b', 'c'])
  expect(lowestOrder(candidatesOf({ order: 1 }, {})).map(idOf)).toEqual(['b'])
  const same = candidatesOf({ order: 1 }, { order: 1 })
  expect(lowestOrder(same)).toBe(same)
})
