import type { Continuation, Joint } from '../../endpoints/continuation.ts'
import type { EndpointName, EventOf } from '../../types/endpoint-map.ts'
import type { JsonObject } from '../../types/json.ts'
import type { Usage } from '../../types/usage.ts'
import { overlapOf } from './overlap.ts'

/** More of the rest's beginning is not held to find out what it repeats. Characters. */
const MOST_HELD = 200

/** Where a stream broke off. */
export interface Break<E extends EndpointName> {
  readonly first: EventOf<E>
  /** What the caller has. */
  readonly said: string
  readonly mark: JsonObject
  /** The usage to tell, given what the deployment that goes on tells of its own. */
  usage(own: Usage): Usage
}

/** Makes the events of one deployment go on the stream of another: its id, one role, nothing twice, one usage. */
export class Stitch<E extends EndpointName> {
  private readonly facts: Continuation<E>
  private readonly at: Break<E>
  private held: EventOf<E>[] = []
  private head = ''
  private isJoined = false

  constructor(facts: Continuation<E>, at: Break<E>) {
    this.facts = facts
    this.at = at
  }

  push(events: readonly EventOf<E>[]): readonly EventOf<E>[] {
    const out: EventOf<E>[] = []
    for (const event of events)
      if (this.isJoined) out.push(this.joined(event, {}))
      else out.push(...this.hold(event))
    return out
  }

  /** What is still held, once nothing more comes. */
  end(): readonly EventOf<E>[] {
    return this.isJoined ? [] : this.join(overlapOf(this.at.said, this.head, true) ?? 0)
  }

  private hold(event: EventOf<E>): readonly EventOf<E>[] {
    this.held.push(event)
    this.head += this.facts.textOf(event)
    const isAll = this.head.length >= MOST_HELD || !this.facts.isPlain(event)
    if (this.head === '' && !isAll) return []
    const overlap = overlapOf(this.at.said, this.head, isAll)
    return overlap === undefined ? [] : this.join(overlap)
  }

  /** The beginning without what repeats; it says that another deployment goes on. */
  private join(overlap: number): readonly EventOf<E>[] {
    const { held, facts, at } = this
    this.isJoined = true
    this.held = []
    // Where the text begins: what comes before it may have no place for a mark.
    const start = held.findIndex(event => facts.textOf(event) !== '')
    const marked = start < 0 ? held.length - 1 : start
    let skip = overlap
    return held.map((event, index) => {
      const text = facts.textOf(event)
      const rest = text.slice(skip)
      skip -= text.length - rest.length
      return this.joined(event, { text: rest, ...(index === marked && { mark: at.mark }) })
    })
  }

  private joined(event: EventOf<E>, how: Omit<Joint<E>, 'first' | 'usage'>): EventOf<E> {
    const own = this.facts.usageOf(event)
    return this.facts.joined(event, {
      ...how,
      first: this.at.first,
      ...(own && { usage: this.at.usage(own) }),
    })
  }
}
