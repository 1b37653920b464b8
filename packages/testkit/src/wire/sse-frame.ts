import { asObject, asText } from '../json.ts'

/** An event as server-sent event text without an event name; a string is taken as it is. */
export function dataFrame(event: unknown): string {
  return typeof event === 'string' ? event : `data: ${JSON.stringify(event)}\n\n`
}

/** An event as server-sent event text, named by its `type`; a string is taken as it is. */
export function namedFrame(event: unknown): string {
  return typeof event === 'string'
    ? event
    : `event: ${asText(asObject(event).type)}\ndata: ${JSON.stringify(event)}\n\n`
}
