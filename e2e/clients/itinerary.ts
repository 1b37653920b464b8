/** The schema that the tests' tools and structured answers share; the testkit satisfies it with `{city: 'Paris', days: 1}`. */
export const itinerary = {
  type: 'object' as const,
  properties: { city: { type: 'string' }, days: { type: 'integer' } },
  required: ['city', 'days'],
  additionalProperties: false,
}
