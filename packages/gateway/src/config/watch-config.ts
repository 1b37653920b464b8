import { createHash } from 'node:crypto'
import { type FSWatcher, watch } from 'node:fs'
import { readFile, realpath } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type LoadedConfig, type LoadOptions, loadConfig } from './load-config.ts'
import { ConfigError } from './problem.ts'

/** What a changed file led to: new settings, or the reasons why the old ones stay in force. */
export type ConfigChange =
  | { readonly ok: true; readonly loaded: LoadedConfig }
  | { readonly ok: false; readonly error: ConfigError }

export interface WatchOptions extends LoadOptions {
  readonly path: string
  /** The files of the settings in force, from `loadConfig`. */
  readonly files: readonly string[]
  readonly onChange: (change: ConfigChange) => void
  /** Quiet time after a change before the files are read, milliseconds. Editors write in several steps. */
  readonly settleMs?: number
}

export interface ConfigWatcher {
  /** Resolves once changes are noticed. */
  readonly ready: Promise<void>
  close(): void
}

/** Wait before a directory that cannot be watched, such as one just replaced, is tried again. */
const RETRY_MS = 1_000

/**
 * Reloads when the config file or one of its includes has other contents than before. Watches directories, so that
 * editors that rename and mounts that swap links are noticed. Does not keep the process alive.
 */
export function watchConfig(options: WatchOptions): ConfigWatcher {
  const watcher = new Watcher(options)
  return { ready: watcher.start(), close: () => watcher.close() }
}

class Watcher {
  readonly #options: WatchOptions
  readonly #directories = new Map<string, FSWatcher>()
  #files: readonly string[]
  #digest = ''
  #timer: NodeJS.Timeout | undefined
  #checking = false
  #again = false
  #closed = false

  constructor(options: WatchOptions) {
    this.#options = options
    this.#files = options.files
  }

  async start(): Promise<void> {
    this.#digest = await digestOf(this.#files)
    await this.#arm()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    for (const directory of this.#directories.values()) directory.close()
    this.#directories.clear()
  }

  async #arm(): Promise<void> {
    const wanted = await directoriesOf(this.#files)
    for (const [path, watcher] of this.#directories) {
      if (wanted.has(path)) continue
      watcher.close()
      this.#directories.delete(path)
    }
    for (const path of wanted) if (!this.#closed && !this.#directories.has(path)) this.#watch(path)
  }

  #watch(path: string): void {
    try {
      const watcher = watch(path, { persistent: false }, () => this.#schedule(this.#options.settleMs ?? 100))
      watcher.on('error', () => this.#lose(path))
      this.#directories.set(path, watcher)
    } catch {
      // The directory is not there now; a later round watches it and reads what it missed.
      this.#schedule(RETRY_MS)
    }
  }

  #lose(path: string): void {
    this.#directories.get(path)?.close()
    this.#directories.delete(path)
    this.#schedule(RETRY_MS)
  }

  #schedule(delay: number): void {
    if (this.#closed) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#check(), delay)
    this.#timer.unref()
  }

  async #check(): Promise<void> {
    if (this.#checking) {
      this.#again = true
      return
    }
    this.#checking = true
    try {
      await this.#reload()
    } finally {
      this.#checking = false
      if (this.#again) this.#schedule(0)
      this.#again = false
    }
  }

  async #reload(): Promise<void> {
    const digest = await digestOf(this.#files)
    const changed = digest !== this.#digest
    if (changed) {
      this.#digest = digest
      const change = await this.#load()
      const files = change.ok ? change.loaded.files : change.error.files
      if (files.length > 0 && files.join('\0') !== this.#files.join('\0')) {
        this.#files = files
        this.#digest = await digestOf(files)
      }
      if (!this.#closed) this.#options.onChange(change)
    }
    await this.#arm()
  }

  async #load(): Promise<ConfigChange> {
    try {
      return { ok: true, loaded: await loadConfig(this.#options) }
    } catch (error) {
      if (error instanceof ConfigError) return { ok: false, error }
      const message = `could not be read again: ${error instanceof Error ? error.message : String(error)}`
      const place = { file: this.#options.path, line: 0, column: 0 }
      return {
        ok: false,
        error: new ConfigError([{ ...place, key: '', message, remedy: 'Please report this.' }]),
      }
    }
  }
}

async function directoriesOf(files: readonly string[]): Promise<Set<string>> {
  const directories = new Set<string>()
  for (const file of files) {
    directories.add(dirname(file))
    // A link's target may change without a trace in the link's own directory.
    const target = await realpath(file).catch(() => file)
    directories.add(dirname(target))
  }
  return directories
}

async function digestOf(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const file of files) {
    const bytes = await readFile(file).catch(() => undefined)
    hash.update(`${file}\0${bytes?.length ?? 'absent'}\0`)
    if (bytes) hash.update(bytes)
  }
  return hash.digest('hex')
}
