import { expect, test } from 'vitest'
import { schemaSample } from './schema-sample.ts'

test('an object gets all of its properties', () => {
  const schema = {
    type: 'object',
    properties: {
      city: { type: 'string' },
      unit: { enum: ['C', 'F'] },
      days: { type: 'integer', minimum: 3 },
      exact: { type: 'boolean' },
      when: { type: 'string', format: 'date' },
      tags: { type: 'array', items: { type: 'string', maxLength: 4 } },
    },
  }
  expect(schemaSample(schema)).toEqual({
    city: 'Paris',
    unit: 'C',
    days: 3,
    exact: true,
    when: '2025-01-31',
    tags: ['some'],
  })
})

test('references are followed and recursion ends', () => {
  const schema = {
    $ref: '#/$defs/node',
    $defs: {
      node: {
        type: 'object',
        required: ['id'],
        properties: { id: { type: 'integer' }, next: { $ref: '#/$defs/node' } },
      },
    },
  }
  expect(JSON.stringify(schemaSample(schema)).match(/"id":1/g)?.length).toBe(7)
})

test('upper-case types and nullable unions work', () => {
  expect(schemaSample({ type: 'OBJECT', properties: { n: { type: ['null', 'number'] } } })).toEqual({ n: 1 })
})
