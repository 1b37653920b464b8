import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LoadedConfig, type LoadOptions, loadConfig } from '../load-config.ts'
import { ConfigError, formatPlace, type Problem } from '../problem.ts'

export interface TextOptions {
  readonly env?: Readonly<Record<string, string>>
  /** More files beside config.yaml. */
  readonly files?: Readonly<Record<string, string>>
  readonly cliOverrides?: NonNullable<LoadOptions['cliOverrides']>
}

/** Writes the files to a new directory; answers its path. */
export async function writeFiles(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'config-'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text)
  return directory
}

/** Writes `text` as config.yaml in a new directory and loads it. */
export async function loadText(text: string, options: TextOptions = {}): Promise<LoadedConfig> {
  const directory = await writeFiles({ 'config.yaml': text, ...options.files })
  return loadConfig({
    path: join(directory, 'config.yaml'),
    env: new Map(Object.entries(options.env ?? {})),
    cliOverrides: options.cliOverrides ?? {},
  })
}

/** The problems for which `text` is refused, as `line:column key: message`. Fails when it is not refused. */
export async function problemsOf(text: string, options: TextOptions = {}): Promise<readonly string[]> {
  const outcome = await loadText(text, options).catch((error: unknown) => error)
  if (!(outcome instanceof ConfigError))
    throw new Error('expected the config to be refused', { cause: outcome })
  return outcome.problems.map(shortly)
}

/** The warnings of `text`, in the same form. */
export async function warningsOf(text: string, options: TextOptions = {}): Promise<readonly string[]> {
  return (await loadText(text, options)).warnings.map(shortly)
}

function shortly(problem: Problem): string {
  const place = problem.line > 0 ? `${problem.line}:${problem.column}` : formatPlace(problem)
  return problem.key ? `${place} ${problem.key}: ${problem.message}` : `${place} ${problem.message}`
}
