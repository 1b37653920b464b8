import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import { doorPaths, type ListedDoor } from '../doors.ts'
import { OUTLINES, type Outline, type Shape } from './door-outlines.ts'

type OpenApi = NonNullable<FastifyDynamicSwaggerOptions['openapi']>

/** `document` with the inference doors, which Fastify does not see. Throws for a door without an outline. */
export function describeDoors(document: OpenApi): OpenApi {
  const paths: Record<string, Record<string, object>> = {}
  const schemas: Record<string, object> = {}
  for (const listed of doorPaths()) {
    const { method, path } = listed
    const outline = outlineOf(method, path)
    schemas[`${outline.name}Request`] = objectOf(outline.request)
    schemas[`${outline.name}Response`] = objectOf(outline.response)
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation(outline, listed) }
  }
  return { ...document, paths, components: { schemas } } as OpenApi
}

/** The outline with the longest end that fits; one that names the method comes before one that does not. */
function outlineOf(method: string, path: string): Outline {
  const ends = Object.keys(OUTLINES).sort((a, b) => endOf(b).length - endOf(a).length || b.length - a.length)
  const found = ends.find(
    end => path.endsWith(endOf(end)) && (end === endOf(end) || end.startsWith(`${method} `)),
  )
  const outline = found === undefined ? undefined : OUTLINES[found]
  if (outline === undefined) throw new TypeError(`the door ${method} ${path} has no description`)
  return outline
}

function endOf(key: string): string {
  return key.slice(key.indexOf(' ') + 1)
}

function operation(outline: Outline, { method, path, door }: ListedDoor) {
  const { summary, tag, name, url } = outline
  const variables: readonly string[] = path.match(/(?<=\{)\w+(?=\})/g) ?? []
  return {
    summary,
    tags: [tag],
    externalDocs: { description: "The vendor's reference", url },
    ...(variables.length > 0 && {
      parameters: variables.map(variable => ({
        name: variable,
        in: 'path',
        required: true,
        schema: { type: 'string' },
      })),
    }),
    ...(method === 'POST' && {
      requestBody: {
        required: true,
        content: bodyOf(outline, variables.includes('model'), door.codec.inbound?.takesForms === true),
      },
    }),
    responses: {
      '200': { description: 'The answer', content: answerOf(outline, reference(`${name}Response`)) },
      default: { description: "An error in the vendor's format" },
    },
  }
}

function bodyOf({ name, modelOptional }: Outline, modelInPath: boolean, takesForms: boolean) {
  const request = reference(`${name}Request`)
  const schema = modelInPath || modelOptional ? request : { allOf: [request, objectOf({ model: 'string' })] }
  const json = { 'application/json': { schema } }
  return takesForms ? { 'multipart/form-data': { schema }, ...json } : json
}

function answerOf({ streams, answers }: Outline, schema: object) {
  if (answers !== undefined) return { [answers]: { schema: { type: 'string', format: 'binary' } } }
  const json = { 'application/json': { schema } }
  const stream = { 'text/event-stream': { schema: { type: 'string' } } }
  return streams === 'always' ? stream : streams ? { ...json, ...stream } : json
}

function reference(name: string) {
  return { $ref: `#/components/schemas/${name}` }
}

/** More keys are allowed: an outline is not the whole. */
function objectOf(shape: Shape) {
  const properties: Record<string, object> = {}
  for (const [key, type] of Object.entries(shape))
    properties[key] = type === 'any' ? {} : type === 'array' ? { type, items: {} } : { type }
  return { type: 'object', required: Object.keys(shape), properties }
}
