import { asObject, isObject, type JsonObject } from '../json.ts'

const deepest = 6

/** A value that satisfies a JSON schema (or a Gemini schema with upper-case types), the same every time. */
export function schemaSample(schema: unknown): unknown {
  const root = asObject(schema)
  return sample(root, { root, name: 'value', depth: 0 })
}

interface Place {
  readonly root: JsonObject
  readonly name: string
  readonly depth: number
}

function sample(schema: JsonObject, place: Place): unknown {
  const target = resolve(schema, place.root)
  if ('const' in target) return target.const
  if (Array.isArray(target.enum) && target.enum.length > 0) return target.enum[0]
  if ('default' in target) return target.default
  if ('example' in target) return target.example
  if (Array.isArray(target.examples) && target.examples.length > 0) return target.examples[0]
  const choice = firstChoice(target)
  if (choice) return sample(choice, place)
  return sampleOfType(typeOf(target), target, place)
}

function sampleOfType(type: string, schema: JsonObject, place: Place): unknown {
  switch (type) {
    case 'object':
      return sampleObject(schema, place)
    case 'array':
      return sampleArray(schema, place)
    case 'integer':
    case 'number':
      return sampleNumber(schema, type)
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return sampleText(schema, place.name)
  }
}

function sampleObject(schema: JsonObject, place: Place): JsonObject {
  const required = Array.isArray(schema.required) ? schema.required : []
  const result: JsonObject = {}
  for (const [name, property] of Object.entries(asObject(schema.properties))) {
    // A recursive schema ends by leaving its optional fields out.
    if (place.depth >= deepest && !required.includes(name)) continue
    result[name] = sample(asObject(property), { root: place.root, name, depth: place.depth + 1 })
  }
  return result
}

function sampleArray(schema: JsonObject, place: Place): unknown[] {
  const least = typeof schema.minItems === 'number' ? schema.minItems : 0
  const length = place.depth >= deepest ? least : Math.max(least, 1)
  const items = asObject(schema.items)
  return Array.from({ length }, () => sample(items, { ...place, depth: place.depth + 1 }))
}

function sampleNumber(schema: JsonObject, type: string): number {
  const { minimum, exclusiveMinimum, maximum, multipleOf } = schema
  if (typeof multipleOf === 'number' && multipleOf > 0) {
    const floor = typeof minimum === 'number' ? minimum : 1
    return Math.ceil(floor / multipleOf) * multipleOf
  }
  if (typeof minimum === 'number') return type === 'integer' ? Math.ceil(minimum) : minimum
  if (typeof exclusiveMinimum === 'number') return Math.floor(exclusiveMinimum) + 1
  return typeof maximum === 'number' ? Math.min(maximum, 1) : 1
}

const formats: Readonly<Record<string, string>> = {
  date: '2025-01-31',
  time: '12:00:00Z',
  'date-time': '2025-01-31T12:00:00Z',
  duration: 'P1D',
  email: 'ada@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/',
  uuid: '123e4567-e89b-42d3-a456-426614174000',
}

function sampleText(schema: JsonObject, name: string): string {
  const formatted = typeof schema.format === 'string' ? formats[schema.format] : undefined
  if (formatted !== undefined) return formatted
  const base = /city|location|place/i.test(name) ? 'Paris' : `some ${name}`
  const least = typeof schema.minLength === 'number' ? schema.minLength : 0
  const most = typeof schema.maxLength === 'number' ? schema.maxLength : Infinity
  return base.padEnd(least, 'x').slice(0, most)
}

function typeOf(schema: JsonObject): string {
  const types: unknown[] = Array.isArray(schema.type) ? schema.type : [schema.type]
  const type = types.find(item => typeof item === 'string' && item.toLowerCase() !== 'null') ?? types[0]
  if (typeof type === 'string') return type.toLowerCase()
  return isObject(schema.properties) ? 'object' : isObject(schema.items) ? 'array' : 'string'
}

function firstChoice(schema: JsonObject): JsonObject | undefined {
  for (const key of ['anyOf', 'oneOf', 'allOf']) {
    const options = schema[key]
    if (Array.isArray(options) && isObject(options[0])) return options[0]
  }
  return undefined
}

function resolve(schema: JsonObject, root: JsonObject): JsonObject {
  let current = schema
  for (let hops = 0; hops < 16 && typeof current.$ref === 'string'; hops++) {
    let target: unknown = root
    for (const step of current.$ref.split('/').slice(1)) {
      target = asObject(target)[step.replaceAll('~1', '/').replaceAll('~0', '~')]
    }
    current = asObject(target)
  }
  return current
}
