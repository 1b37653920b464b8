import { openaiErrorBody, openaiFailure } from '../openai/failures.ts'
import type { Failure } from './failure.ts'
import type { CallOperation, FailureReply, Head, Wire, WireName } from './wire.ts'

/** A path of a vendor with few; named groups of the pattern are the route's `params`, `model` among them. */
export interface SmallRoute {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: RegExp
  readonly operation: CallOperation
}

/** A vendor with a handful of operations, below its own prefix. */
export interface SmallWire {
  readonly name: WireName
  readonly credential: (head: Head) => string | undefined
  readonly routes: readonly SmallRoute[]
  /** OpenAI's unless stated. */
  readonly failure?: (failure: Failure, sequence: number) => FailureReply
}

export function smallWire({ name, credential, routes, failure = openaiFailure }: SmallWire): Wire {
  return {
    name,
    prefixed: true,
    route({ method, path }) {
      for (const route of routes) {
        const found = route.method === method ? route.path.exec(path) : null
        if (!found) continue
        const params = Object.fromEntries(
          Object.entries(found.groups ?? {}).map(([key, value]) => [key, decodeURIComponent(value)]),
        )
        return { operation: route.operation, model: params.model, params }
      }
      return undefined
    },
    credential,
    headers: sequence => ({ 'x-request-id': `testkit-${sequence}` }),
    failure,
    failureEvent: each => ({ error: openaiErrorBody(each) }),
  }
}

/** The key of a header of the vendor's own. */
export function keyIn(header: string, scheme = ''): (head: Head) => string | undefined {
  return ({ headers }) => {
    const value = headers[header]
    if (typeof value !== 'string' || !value.startsWith(scheme)) return undefined
    return value.slice(scheme.length) || undefined
  }
}
