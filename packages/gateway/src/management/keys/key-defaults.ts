import { badRequest, momentAfter } from 'sluice/internal'
import type { z } from 'zod'
import { GenerateKeyBody } from './key-schemas.ts'

type Body = z.infer<typeof GenerateKeyBody>

/** A new key's body with `default_key_generate_params` where it says nothing. Throws `BadRequestError`. */
export function withDefaults(body: Body, defaults: Readonly<Record<string, unknown>>): Body {
  const missing = Object.entries(defaults).filter(([name]) => body[name as keyof Body] === undefined)
  if (missing.length === 0) return body
  const { data, error } = GenerateKeyBody.safeParse({ ...body, ...Object.fromEntries(missing) })
  if (data !== undefined) return data
  const issue = error.issues[0]
  throw badRequest(
    `default_key_generate_params of the configuration: ${issue?.path.join('.')} ${issue?.message}. Ask the operator.`,
    issue?.path.join('.'),
  )
}

export interface UpperBounds {
  readonly max_budget?: number | undefined
  readonly max_parallel_requests?: number | undefined
  readonly tpm_limit?: number | undefined
  readonly rpm_limit?: number | undefined
  readonly budget_duration?: string | undefined
  readonly duration?: string | undefined
}

type Bounded = Pick<Body, keyof UpperBounds>

const NUMBERS = ['max_budget', 'max_parallel_requests', 'tpm_limit', 'rpm_limit'] as const
const DURATIONS = ['budget_duration', 'duration'] as const

/**
 * A body within `upperbound_key_generate_params`, as LiteLLM has it: what is stated and too much is refused, because
 * whoever asked must know; what a new key does not state is the most it may have. Throws `BadRequestError`.
 */
export function withinUpperBounds<B extends Bounded>(
  body: B,
  most: UpperBounds,
  now: number,
  isNew = true,
): B {
  const filled: Record<string, unknown> = {}
  for (const name of NUMBERS) {
    const bound = most[name]
    if (bound === undefined) continue
    const value = body[name]
    if (value === undefined && !isNew) continue
    if (value === undefined || ((value === null || value === '') && isNew)) filled[name] = bound
    else if (value === null || value === '' || value > bound) throw tooMuch(name, value, bound)
  }
  for (const name of DURATIONS) {
    const bound = most[name]
    if (bound === undefined) continue
    const value = body[name]
    if (value === undefined && !isNew) continue
    if (value == null || value === '') {
      if (isNew) filled[name] = bound
      else throw tooMuch(name, value, bound)
    } else if (value === '-1' || (momentAfter(value, now) ?? 0) > (momentAfter(bound, now) ?? Infinity))
      throw tooMuch(name, value, bound)
  }
  return Object.keys(filled).length === 0 ? body : { ...body, ...filled }
}

function tooMuch(name: string, value: string | number | null | undefined, bound: string | number) {
  return badRequest(
    `${name} is over max limit set in config - user_value=${value ?? 'none'}; max_value=${bound}. ` +
      'Ask for less (upperbound_key_generate_params).',
    name,
  )
}
