import { expect, test } from 'vitest'
import type { JsonObject } from '../../../types/json.ts'
import { decodeSchema, encodeSchema } from './schema.ts'

function encode(schema: JsonObject) {
  const warned: string[] = []
  return {
    schema: encodeSchema(schema, 's', ({ action, param }) => warned.push(`${action} ${param}`)),
    warned,
  }
}

test('references are inlined and definitions left out', () => {
  expect(
    encode({
      $defs: { P: { type: 'object', properties: { n: { type: 'integer' } } } },
      type: 'object',
      properties: {
        a: { $ref: '#/$defs/P', description: 'the a' },
        b: { type: 'array', items: { $ref: '#/$defs/P' } },
      },
    }),
  ).toEqual({
    schema: {
      type: 'OBJECT',
      properties: {
        a: { type: 'OBJECT', description: 'the a', properties: { n: { type: 'INTEGER' } } },
        b: { type: 'ARRAY', items: { type: 'OBJECT', properties: { n: { type: 'INTEGER' } } } },
      },
    },
    warned: [],
  })
})

test('a schema that refers to itself is refused, not followed forever', () => {
  const list = {
    $defs: { L: { type: 'object', properties: { next: { $ref: '#/$defs/L' } } } },
    $ref: '#/$defs/L',
  }
  expect(() => encode(list)).toThrow(/^s\.properties\.next\.\$ref: "#\/\$defs\/L" refers to itself/)
  expect(() => encode({ $ref: '#/$defs/none' })).toThrow(/names no definition/)
})

test('null, const, several types and unknown keywords', () => {
  expect(encode({ type: ['string', 'null'] }).schema).toEqual({ type: 'STRING', nullable: true })
  expect(encode({ anyOf: [{ type: 'number' }, { type: 'null' }] }).schema).toEqual({
    type: 'NUMBER',
    nullable: true,
  })
  expect(encode({ const: 'x' }).schema).toEqual({ type: 'STRING', enum: ['x'] })
  expect(encode({ enum: ['a', null] }).schema).toEqual({ type: 'STRING', enum: ['a'], nullable: true })
  expect(encode({ type: ['string', 'integer'] })).toEqual({
    schema: { anyOf: [{ type: 'STRING' }, { type: 'INTEGER' }] },
    warned: ['approximated s.type'],
  })
  expect(encode({ type: 'integer', enum: [1, 2], exclusiveMinimum: 0 })).toEqual({
    schema: { type: 'INTEGER' },
    warned: ['dropped s.exclusiveMinimum', 'dropped s.enum'],
  })
})

test('allOf is merged, required fields joined', () => {
  expect(
    encode({
      allOf: [
        { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
        { properties: { b: { type: 'number' } }, required: ['b'] },
      ],
    }),
  ).toEqual({
    schema: {
      type: 'OBJECT',
      properties: { a: { type: 'STRING' }, b: { type: 'NUMBER' } },
      required: ['a', 'b'],
    },
    warned: ['approximated s.allOf'],
  })
})

test('what the dialect can say comes back as it was', () => {
  const schema = {
    type: 'object',
    description: 'd',
    properties: {
      a: { type: ['string', 'null'], enum: ['x', 'y', null] },
      b: { type: 'array', items: { type: 'integer', minimum: 1 }, maxItems: 3 },
      c: { anyOf: [{ type: 'string' }, { type: 'boolean' }] },
    },
    required: ['a'],
  }
  const { schema: dialect, warned } = encode(schema)
  expect(warned).toEqual([])
  expect(decodeSchema(dialect)).toEqual(schema)
})
