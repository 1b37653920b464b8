import type { ConfigWarning, Problem } from './problem.ts'
import type { ConfigNode, Place } from './source/node.ts'

/** Collects what a reading finds, so that everything is told at once. */
export class Report {
  readonly problems: Problem[] = []
  readonly warnings: ConfigWarning[] = []
  /** Nodes whose missing variable has been dealt with; the closing sweep leaves them alone. */
  readonly settled = new Set<ConfigNode>()
  /** The sections that know a key, for saying where a misplaced one belongs. */
  readonly sectionsWith: (key: string) => readonly string[]
  readonly #covered = new Set<string>()
  readonly #accepted: { key: string; place: Place }[] = []

  constructor(sectionsWith: (key: string) => readonly string[] = () => []) {
    this.sectionsWith = sectionsWith
  }

  problem(place: Place, key: string, message: string, remedy: string): void {
    this.problems.push({ file: place.file, line: place.line, column: place.column, key, message, remedy })
  }

  warn(place: Place, key: string, message: string, remedy: string): void {
    this.warnings.push({ file: place.file, line: place.line, column: place.column, key, message, remedy })
  }

  /** What stands below `key` needs no warning of its own about its effect: `key` has one. */
  cover(key: string): void {
    this.#covered.add(key)
  }

  isCovered(key: string): boolean {
    return [...this.#covered].some(above => key.startsWith(`${above}.`) || key.startsWith(`${above}[`))
  }

  /** Notes a known setting whose feature does not exist yet. */
  accepted(place: Place, key: string): void {
    if (!this.#accepted.some(other => other.key === key)) this.#accepted.push({ key, place })
  }

  /** Turns the noted settings into one warning. Call once, at the end. */
  closeAccepted(): void {
    const [first] = this.#accepted
    if (!first) return
    const names = this.#accepted.map(({ key, place }) =>
      place.line > 0 ? `${key} (line ${place.line})` : key,
    )
    const be = names.length === 1 ? 'is accepted but has' : 'are accepted but have'
    this.warn(
      first.place,
      '',
      `${names.join(', ')} ${be} no effect yet`,
      'Nothing to do; remove what you do not want to rely on.',
    )
  }
}
