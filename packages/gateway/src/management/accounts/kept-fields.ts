import { z } from 'zod'

/** Fields of LiteLLM that have no effect here, for a strict schema: whatever they hold is taken. */
export function keptFields<Name extends string>(
  names: readonly Name[],
): Record<Name, z.ZodOptional<z.ZodUnknown>> {
  return Object.fromEntries(names.map(name => [name, z.unknown().optional()])) as ReturnType<
    typeof keptFields<Name>
  >
}

export interface Kept {
  /** What belongs into the metadata. */
  readonly fields: Readonly<Record<string, unknown>>
  /** One sentence for each. */
  readonly warnings: readonly string[]
}

/** Those of `names` that a body has, and what its sender must be told. */
export function keptOf(body: Readonly<Record<string, unknown>>, names: readonly string[]): Kept {
  const given = names.filter(name => body[name] != null)
  return {
    fields: Object.fromEntries(given.map(name => [name, body[name]])),
    warnings: given.map(name => `\`${name}\` has no effect in this version; it is kept in the metadata.`),
  }
}

/** For an answer: `warnings` where there are any. */
export function warned(warnings: readonly string[]): { readonly warnings?: readonly string[] } {
  return warnings.length === 0 ? {} : { warnings }
}
