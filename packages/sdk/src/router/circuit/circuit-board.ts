/** Counts the changes of all circuits, so that what was read from them can be kept until the next one. */
export class CircuitBoard {
  version = 0

  changed(): void {
    this.version++
  }
}
