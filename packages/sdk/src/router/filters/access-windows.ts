import type { AccessWindow } from '../../types/deployment.ts'
import type { Candidate } from '../candidate.ts'
import type { Filter } from './filter.ts'

/**
 * Leaves out what is reserved for other teams at this time of the day (LiteLLM's `model_info.access_windows`). While a
 * window is open only its teams may use the deployment; at other times everybody may.
 */
export const accessWindows: Filter = {
  name: 'access-windows',
  prepare(ask, candidates) {
    if (!candidates.some(({ deployment }) => deployment.accessWindows)) return undefined
    return candidate => reservedUntil(candidate, ask.teamId, ask.now)
  },
}

function reservedUntil({ deployment }: Candidate, team: string | undefined, now: number): string | undefined {
  let until: AccessWindow | undefined
  for (const window of deployment.accessWindows ?? []) {
    if (!isOpen(window, now)) continue
    if (team !== undefined && window.teamIds.includes(team)) return undefined
    until ??= window
  }
  return until && `it is reserved for another team until ${until.end} ${until.timezone}`
}

/** The start belongs to it, the end does not; one that starts after its end goes over midnight. */
function isOpen({ start, end, timezone }: AccessWindow, now: number): boolean {
  const time = localTime(timezone, now)
  return start < end ? start <= time && time < end : start <= time || time < end
}

interface Clock {
  readonly format: Intl.DateTimeFormat
  minute: number
  time: string
}

/** One clock per time zone that deployments name; read once a minute. */
const clocks = new Map<string, Clock>()

/** `HH:MM` on the walls of a time zone. */
function localTime(timeZone: string, now: number): string {
  let clock = clocks.get(timeZone)
  if (clock === undefined) {
    const options = { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
    clock = { format: new Intl.DateTimeFormat('en-GB', options), minute: -1, time: '' }
    clocks.set(timeZone, clock)
  }
  const minute = Math.floor(now / 60_000)
  if (clock.minute !== minute) {
    clock.minute = minute
    clock.time = clock.format.format(now)
  }
  return clock.time
}
