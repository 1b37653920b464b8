/** Lets a bounded number of pieces of work run at one time; the others wait in line. */
export class Places {
  private readonly most: () => number
  private taken = 0
  private readonly waiting: (() => void)[] = []

  /** `most` may change; it is asked whenever a place is wanted or becomes free. */
  constructor(most: () => number) {
    this.most = most
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.taken >= this.most()) await new Promise<void>(resolve => this.waiting.push(resolve))
    else this.taken++
    try {
      return await work()
    } finally {
      this.release()
    }
  }

  /** Hands the place on to whoever waits longest. */
  private release(): void {
    const next = this.taken <= this.most() ? this.waiting.shift() : undefined
    if (next) next()
    else this.taken--
  }
}
