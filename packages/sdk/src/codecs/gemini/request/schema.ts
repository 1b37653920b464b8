import { badRequest } from '../../../errors.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../../types/json.ts'
import type { Warning } from '../../../types/warning.ts'
import { fieldNames, readFields } from './fields.ts'

type Warn = (warning: Warning) => void

/** Keywords both dialects know. Source: https://ai.google.dev/api/caching#Schema */
const SCALARS = new Set([
  'title',
  'description',
  'format',
  'default',
  'example',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'minProperties',
  'maxProperties',
  'pattern',
  'required',
  'propertyOrdering',
  'nullable',
])
/** Handled on their own, or without any effect on what is valid. */
const SILENT = new Set(['$defs', 'definitions', '$schema', '$id', '$comment', '$ref'])
const HANDLED = new Set(['type', 'properties', 'items', 'anyOf', 'oneOf', 'allOf', 'const', 'enum'])
/** int64 fields, which proto3 JSON spells as strings. */
const COUNTS = new Set(['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties'])
const MAX_DEPTH = 64

/**
 * JSON Schema → Google's `Schema` dialect: `$ref` inlined, null types → `nullable`, `const` → `enum`. What the dialect
 * cannot say is left out with a warning. Throws `BadRequestError` for recursive or unresolvable references.
 */
export function encodeSchema(schema: JsonObject, path: string, warn: Warn): JsonObject {
  return new SchemaEncoder(schema, warn).encode(schema, path, [])
}

class SchemaEncoder {
  private readonly root: JsonObject
  private readonly warn: Warn

  constructor(root: JsonObject, warn: Warn) {
    this.root = root
    this.warn = warn
  }

  encode(given: JsonObject, path: string, references: readonly string[]): JsonObject {
    if (references.length > MAX_DEPTH || path.length > MAX_DEPTH * 64)
      throw badRequest(`${path}: the schema is nested too deeply.`, path)
    if (typeof given.$ref === 'string') {
      if (references.includes(given.$ref))
        throw badRequest(
          `${path}.$ref: "${given.$ref}" refers to itself, which this model cannot take.`,
          path,
        )
      const { $ref, ...rest } = given
      return this.encode({ ...this.resolve($ref as string, path), ...rest }, path, [
        ...references,
        $ref as string,
      ])
    }
    const schema = this.joined(given, path, references)
    const out: JsonObject = {}
    this.encodeType(schema, out, path)
    for (const [key, value] of Object.entries(schema)) {
      if (SCALARS.has(key)) out[key] = value
      else if (!HANDLED.has(key) && !SILENT.has(key))
        this.warn({
          action: 'dropped',
          param: `${path}.${key}`,
          reason: 'Gemini schemas have no such keyword',
        })
    }
    this.encodeChildren(schema, out, path, references)
    this.encodeEnum(schema, out, path)
    return out
  }

  /** `allOf` spelled out: objects are merged, which is exact for the usual "extend a definition". */
  private joined(schema: JsonObject, path: string, references: readonly string[]): JsonObject {
    if (!Array.isArray(schema.allOf)) return schema
    const { allOf, ...rest } = schema
    this.warn({ action: 'approximated', param: `${path}.allOf`, reason: 'merged into one schema' })
    let joined: JsonObject = rest
    for (const part of (allOf as unknown[]).filter(isJsonObject)) {
      const known = typeof part.$ref === 'string' ? this.resolve(part.$ref, path) : part
      if (typeof part.$ref === 'string' && references.includes(part.$ref))
        throw badRequest(`${path}.allOf: "${part.$ref}" refers to itself.`, path)
      joined = {
        ...known,
        ...joined,
        ...(isJsonObject(known.properties) && {
          properties: { ...known.properties, ...(isJsonObject(joined.properties) ? joined.properties : {}) },
        }),
        ...(isJsonArray(known.required) && {
          required: [
            ...new Set([...(isJsonArray(joined.required) ? joined.required : []), ...known.required]),
          ],
        }),
      }
    }
    return joined
  }

  private encodeType(schema: JsonObject, out: JsonObject, path: string): void {
    const types = (Array.isArray(schema.type) ? schema.type : [schema.type]).filter(
      (type: unknown): type is string => typeof type === 'string',
    )
    const named = types.filter(type => type !== 'null')
    if (named.length < types.length) out.nullable = true
    if (named.length > 1) {
      this.warn({ action: 'approximated', param: `${path}.type`, reason: 'several types become anyOf' })
      out.anyOf = named.map(type => ({ type: type.toUpperCase() }))
    } else if (named[0] !== undefined) out.type = named[0].toUpperCase()
    else if (isJsonObject(schema.properties)) out.type = 'OBJECT'
  }

  private encodeChildren(
    schema: JsonObject,
    out: JsonObject,
    path: string,
    references: readonly string[],
  ): void {
    if (isJsonObject(schema.properties)) {
      const properties = Object.entries(schema.properties).filter(([, value]) => isJsonObject(value))
      out.properties = Object.fromEntries(
        properties.map(([name, value]) => [
          name,
          this.encode(value as JsonObject, `${path}.properties.${name}`, references),
        ]),
      )
    }
    if (isJsonObject(schema.items)) out.items = this.encode(schema.items, `${path}.items`, references)
    const choices = schema.anyOf ?? schema.oneOf
    if (!Array.isArray(choices)) return
    const objects = choices.filter(isJsonObject)
    const named = objects.filter(choice => choice.type !== 'null')
    if (named.length < objects.length) out.nullable = true
    const encoded = named.map((choice, index) => this.encode(choice, `${path}.anyOf[${index}]`, references))
    if (encoded.length === 1) Object.assign(out, { ...encoded[0], ...out })
    else out.anyOf = encoded
  }

  /** The dialect's enums are strings. */
  private encodeEnum(schema: JsonObject, out: JsonObject, path: string): void {
    const values = schema.const === undefined ? schema.enum : [schema.const]
    if (!Array.isArray(values)) return
    const named = values.filter(value => value !== null)
    if (named.length < values.length) out.nullable = true
    if (named.every(value => typeof value === 'string')) {
      out.type ??= 'STRING'
      out.enum = named
    } else if (named.length > 0)
      this.warn({ action: 'dropped', param: `${path}.enum`, reason: 'Gemini schemas list strings only' })
  }

  private resolve(reference: string, path: string): JsonObject {
    let found: unknown = this.root
    if (reference !== '#')
      for (const step of reference.replace(/^#\//, '').split('/')) {
        const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')
        found = isJsonObject(found) && Object.hasOwn(found, key) ? found[key] : undefined
      }
    if (isJsonObject(found) && reference.startsWith('#')) return found
    throw badRequest(`${path}.$ref: "${reference}" names no definition inside this schema.`, path)
  }
}

const SCHEMA_FIELDS = fieldNames(...SCALARS, 'type', 'properties', 'items', 'anyOf', 'enum')

/** Google's `Schema` dialect → JSON Schema: lower-case types, `nullable` → a null type, counts as numbers. */
export function decodeSchema(given: JsonObject): JsonObject {
  const { type, nullable, properties, items, anyOf, ...rest } = readFields(given, SCHEMA_FIELDS)
  const out: JsonObject = {}
  const named = typeof type === 'string' && type !== 'TYPE_UNSPECIFIED' ? type.toLowerCase() : undefined
  if (named !== undefined) out.type = nullable === true ? [named, 'null'] : named
  for (const [key, value] of Object.entries(rest))
    Object.defineProperty(out, key, {
      value: COUNTS.has(key) && typeof value === 'string' ? Number(value) : value,
      enumerable: true,
      writable: true,
      configurable: true,
    })
  if (isJsonObject(properties))
    out.properties = Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [
        name,
        isJsonObject(value) ? decodeSchema(value) : value,
      ]),
    )
  if (isJsonObject(items)) out.items = decodeSchema(items)
  if (isJsonArray(anyOf))
    out.anyOf = anyOf.map(choice => (isJsonObject(choice) ? decodeSchema(choice) : choice))
  if (nullable === true && named === undefined && isJsonArray(out.anyOf)) out.anyOf.push({ type: 'null' })
  if (nullable === true && isJsonArray(out.enum)) out.enum = [...out.enum, null]
  return out
}
