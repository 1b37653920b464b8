/** An event as server-sent event text without an event name; a string is taken as it is. */
export function dataFrame(event: unknown): string {
  return typeof event === 'string' ? event : `data: ${JSON.stringify(event)}\n\n`
}
