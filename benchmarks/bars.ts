import type { Results, StackResult } from './results.ts'

/** A promise about speed, and whether this run kept it. */
export interface Bar {
  readonly bar: string
  readonly measured: string
  /** Undefined when the run did not measure it. */
  readonly met: boolean | undefined
}

/** Judges Sluice by its bars. Ratios are of numbers of the same run. */
export function judgeBars({ stacks, heldStreams }: Results): Bar[] {
  const named = (name: string) => stacks.find(stack => stack.name === name)
  const [sluice, nginx, portkey] = [named('sluice'), named('nginx'), named('portkey')]
  const limit = (bar: string, value: number | undefined, most: number, unit: string): Bar => ({
    bar: `${bar} ≤ ${most} ${unit}`,
    measured: value === undefined ? 'not measured' : `${value.toFixed(0)} ${unit}`,
    met: value === undefined ? undefined : value <= most,
  })
  return [
    ratio('1 KB whole', 'chat-1k', sluice, nginx, 5),
    ratio('1 KB whole', 'chat-1k', sluice, portkey, 1 / 6),
    ratio('100 KB whole', 'chat-100k', sluice, nginx, 5),
    ratio('100-event stream, relayed', 'chat-1k-stream', sluice, nginx, 4.5),
    ratio('100-event stream, Anthropic client → openai', 'messages-1k-stream', sluice, nginx, 9),
    ratio('100-event stream, OpenAI client → anthropic', 'claude-1k-stream', sluice, nginx, 9),
    limit('RSS loaded', sluice?.memory.loaded, 180, 'MB'),
    limit('ready', sluice?.readyMs, 1_000, 'ms'),
    limit(`${heldStreams} open streams add`, sluice?.memory.heldStreams, 40, 'MB'),
  ]
}

function ratio(
  what: string,
  scenario: string,
  sluice: StackResult | undefined,
  other: StackResult | undefined,
  most: number,
): Bar {
  const ours = sluice?.scenarios[scenario]?.throughput
  const theirs = other?.scenarios[scenario]?.throughput
  const limit = most < 1 ? `1/${Math.round(1 / most)} of` : `${most} ×`
  const bar = `CPU, ${what} ≤ ${limit} ${other?.name ?? 'a stack that did not run'}`
  if (!ours || !theirs) return { bar, measured: 'not measured', met: undefined }
  const value = ours.cpuMicros / theirs.cpuMicros
  const shown = most < 1 ? `1/${(1 / value).toFixed(1)}` : `${value.toFixed(2)} ×`
  return {
    bar,
    measured: `${shown} (${ours.cpuMicros.toFixed(0)} µs to ${theirs.cpuMicros.toFixed(0)} µs)`,
    met: value <= most && ours.errors === 0,
  }
}
