import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../../types/json.ts'
import { type Codec, HUB_FORMATS } from '../../codec.ts'
import { codecs } from '../../registry.ts'
import { CASES } from './testing/cases/all.ts'
import type { Column } from './testing/columns.ts'
import { orRefusal } from './testing/encode-case.ts'
import { printSheet } from './testing/print-sheet.ts'
import { roundTrip } from './testing/round-trip.ts'

/** The hub's own formats: what others cannot say, the requests' sheets show. */
const serving = Object.values(codecs).filter(
  ({ endpoint, format }) => endpoint !== 'chat' && HUB_FORMATS.has(format),
) as unknown as Codec[]

/** What did not come back as it went, by case. */
function lossesOf(codec: Codec): JsonObject {
  const cases: Readonly<Record<string, JsonObject>> = CASES[codec.endpoint as Column['endpoint']]
  const trips = Object.entries(cases).map(
    ([name, asked]) => [name, orRefusal(() => roundTrip(codec, asked))] as const,
  )
  return Object.fromEntries(
    trips.filter(([, trip]) => 'refused' in trip || !isDeepStrictEqual(trip.before, trip.after)),
  )
}

test('what a codec writes it reads again, but for what was recorded', async () => {
  const lost = Object.fromEntries(
    serving.map(codec => [`${codec.endpoint}-${codec.format}`, lossesOf(codec)] as const),
  )
  await expect(printSheet(lost)).toMatchFileSnapshot('./__snapshots__/replies/round-trips.json')
})
