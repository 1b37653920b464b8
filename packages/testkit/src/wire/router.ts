import type { Head, Route, Wire, WireName } from './wire.ts'
import { wires } from './wires.ts'

/** The wire and the route of a request; without a route, the wire that words the refusal. */
export interface FoundRoute {
  wire: Wire
  head: Head
  route?: Route | undefined
}

/** Finds which wire serves a path. */
export class Router {
  readonly #plain: readonly Wire[]
  readonly #served: ReadonlyMap<string, Wire>

  /** Serves these wires, in this order; by default all, the prefixed ones only below their prefix. */
  constructor(names: readonly WireName[] | undefined) {
    const served = names ? names.map(name => wires[name]) : Object.values(wires)
    this.#served = new Map(served.map(wire => [wire.name, wire]))
    this.#plain = names ? served : served.filter(wire => !wire.prefixed)
  }

  /** What is known before a route is sought. */
  start(head: Head): FoundRoute {
    return { wire: this.#plain.at(-1) ?? wires.openai, head }
  }

  /**
   * Fills in the route. A prefixed wire's prefix wins over plain paths; that of any other comes after them, because
   * `/openai/…` is also how Azure's paths begin. Throws the `Failure` of a wire whose path has a bad head.
   */
  find(found: FoundRoute): void {
    const below = this.#below(found.head)
    if (below?.wire.prefixed) {
      tryWire(found, below.wire, below.head)
      return
    }
    const { head } = found
    if (this.#plain.some(wire => tryWire(found, wire, head))) return
    if (below) tryWire(found, below.wire, below.head)
  }

  #below(head: Head): { wire: Wire; head: Head } | undefined {
    const end = head.path.indexOf('/', 1)
    if (end < 0) return undefined
    const wire = this.#served.get(head.path.slice(1, end))
    if (!wire) return undefined
    return { wire, head: { ...head, path: head.path.slice(end), prefix: head.path.slice(0, end) } }
  }
}

function tryWire(found: FoundRoute, wire: Wire, head: Head): boolean {
  found.wire = wire
  found.head = head
  found.route = wire.route(head)
  return found.route !== undefined
}
