import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const source = fileURLToPath(new URL('../../packages/gateway/src/cli.ts', import.meta.url))
/** The bundle that `e2e/bundle-gateway.ts` made for all files: read from its source, each process takes seconds to start. */
const cli = process.env['SLUICE_TEST_GATEWAY'] ?? source

export interface CommandOptions {
  readonly cwd: string
  /** The whole environment besides `PATH`. */
  readonly env?: Readonly<Record<string, string>>
}

/** The command line in a process of its own. */
export interface Command {
  readonly process: ChildProcess
  /** What it has written so far. */
  readonly out: string
  readonly err: string
  /** Resolves with the exit code when it has ended. */
  readonly ended: Promise<number | null>
}

/** Starts `sluice …`, or another script. */
export function command(args: readonly string[], options: CommandOptions, entry = cli): Command {
  const child = spawn(process.execPath, ['--conditions=@sluice/source', entry, ...args], {
    cwd: options.cwd,
    env: { PATH: dirname(process.execPath), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  return {
    process: child,
    get out() {
      return out
    },
    get err() {
      return err
    },
    ended: once(child, 'close').then(([code]) => code as number | null),
  }
}

/** Runs `sluice …` to its end. */
export async function run(args: readonly string[], options: CommandOptions) {
  const started = command(args, options)
  const code = await started.ended
  return { code, out: started.out, err: started.err }
}
