import type { Place } from './source/node.ts'

/** One thing that is wrong in the configuration, and how to put it right. Never carries a secret's value. */
export interface Problem extends Place {
  /** Dotted path such as `litellm_settings.num_retries`; empty when the file itself is the trouble. */
  readonly key: string
  /** The rule that was broken. */
  readonly message: string
  readonly remedy: string
}

/** Something that does not stop the start but that the operator should know. */
export type ConfigWarning = Problem

/** The configuration was refused. `problems` holds everything found, in file order. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly Problem[]
  readonly warnings: readonly ConfigWarning[]
  /** The files that were read, so that a watcher can wait for the repair. */
  readonly files: readonly string[]

  constructor(
    problems: readonly Problem[],
    warnings: readonly ConfigWarning[] = [],
    files: readonly string[] = [],
  ) {
    super(formatProblems(problems, { color: false }))
    this.problems = problems
    this.warnings = warnings
    this.files = files
  }
}

/** Lines for a terminal, one per problem: `config.yaml:12:7 router_settings.timeout: … Remedy: …`. */
export function formatProblems(problems: readonly Problem[], options: { readonly color: boolean }): string {
  const paint = (code: string, text: string) =>
    options.color && text ? `\u001b[${code}m${text}\u001b[0m` : text
  return problems
    .map(problem => {
      const key = problem.key ? ` ${paint('1', problem.key)}` : ''
      const remedy = problem.remedy ? ` ${paint('2', `Remedy: ${problem.remedy}`)}` : ''
      return `${paint('36', formatPlace(problem))}${key}: ${problem.message}${/[.!?]$/.test(problem.message) ? '' : '.'}${remedy}`
    })
    .join('\n')
}

/** `file:line:column`, or the bare source name for values that stand in no file. */
export function formatPlace(place: Place): string {
  return place.line > 0 ? `${place.file}:${place.line}:${place.column}` : place.file
}
