import type { Circuit } from './circuit.ts'

/** Hears of what circuits go through here, to tell it elsewhere. */
export interface CircuitTeller {
  opened(circuit: Circuit, restMs: number): void
  closed(circuit: Circuit, restMs: number): void
  probed(circuit: Circuit): void
}

/** Counts the changes of all circuits, so that what was read from them can be kept until the next one. */
export class CircuitBoard {
  version = 0
  /** Absent: this process is alone. */
  teller: CircuitTeller | undefined

  changed(): void {
    this.version++
  }
}
