import { describe, expect, test } from 'vitest'
import { bind } from '../../providers/bind.ts'
import { providers } from '../../providers/registry.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'
import { columns } from './testing/columns.ts'
import { VENDOR_REPLIES, type VendorReply } from './testing/vendor-replies.ts'

function decode({ provider: name, model }: VendorReply, body: JsonObject): string {
  const provider = providers.get(name)
  if (provider === undefined) throw new Error(name)
  const { codec } = bind(provider, 'chat', undefined, model)
  const deployment = { id: 'd', group: 'g', provider: name, model }
  const info = { id: 'call-1', now: 0, model, stream: false, deployment, warn() {} }
  return JSON.stringify(codec.upstream.decodeResponse(structuredClone(body), info))
}

/** Every object of a reply with its path. */
function objectsIn(value: unknown, path: string): [path: string, at: JsonObject][] {
  if (isJsonArray(value)) return value.flatMap((item, index) => objectsIn(item, `${path}[${index}]`))
  if (!isJsonObject(value)) return []
  const below = Object.entries(value).flatMap(([key, item]) =>
    objectsIn(item, path === '' ? key : `${path}.${key}`),
  )
  return [[path, value], ...below]
}

/** A value that no other field has, of the same kind. */
function other(value: unknown): unknown {
  if (typeof value === 'number') return 987_654
  return typeof value === 'string' ? '{"otter":"otter"}' : undefined
}

describe.each(Object.entries(VENDOR_REPLIES))('a reply of %s', (_format, reply) => {
  const { body, closed = {}, left = {} } = reply

  test('keeps what the vendor may add to any of its objects', () => {
    const lost = objectsIn(body, '').flatMap(([path, at]) => {
      at.an_added_field = 'an-added-value'
      const decoded = decode(reply, body)
      delete at.an_added_field
      return decoded.includes('an-added-value') ? [] : [path]
    })
    expect(lost).toEqual(Object.keys(closed))
  })

  test('tells every fact that the vendor documents', () => {
    const before = decode(reply, body)
    const silent = objectsIn(body, '').flatMap(([path, at]) =>
      Object.entries(at).flatMap(([key, value]) => {
        const changed = other(value)
        if (changed === undefined) return []
        at[key] = changed
        const where = path === '' ? key : `${path}.${key}`
        try {
          return decode(reply, body) === before ? [where] : []
        } catch {
          return []
        } finally {
          at[key] = value
        }
      }),
    )
    expect(silent.filter(path => !SHAPE.test(path))).toEqual(Object.keys(left))
  })
})

/** Words for the shape of a thing, which the hub has its own for. */
const SHAPE = /(^|\.)(object|type|role|status|done)$/

test('every format that a vendor has of its own is looked at', () => {
  const own = columns.map(({ format }) => format)
  expect(Object.keys(VENDOR_REPLIES).filter(format => !own.includes(format))).toEqual([])
})
