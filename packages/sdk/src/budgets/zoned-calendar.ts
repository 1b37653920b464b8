const DAY_MS = 86_400_000

/** A wall-clock moment in one time zone. `month` is 1–12; `seconds` counts from the wall's midnight. */
export interface WallTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly seconds: number
}

/** Converts between instants (milliseconds since the epoch) and the wall clock of one IANA time zone. */
export interface ZonedCalendar {
  readonly timezone: string
  wall(instant: number): WallTime
  /**
   * The instant at which the wall shows this moment; days and seconds out of range roll over. Of a moment shown twice
   * the first is meant; one that a clock change skips becomes the same distance after the change.
   */
  instant(wall: WallTime): number
}

/** Throws `RangeError` when the time zone is not an IANA name this runtime knows. */
export function zonedCalendar(timezone: string): ZonedCalendar {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })

  /** The wall's moment, read as if it were UTC. */
  function shown(instant: number): number {
    const part: Record<string, number> = {}
    for (const { type, value } of format.formatToParts(instant)) part[type] = Number(value)
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
    return Date.UTC(year, month - 1, day, hour, minute, second)
  }

  return {
    timezone,
    wall(instant) {
      const date = new Date(shown(instant))
      return {
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
        seconds: date.getUTCHours() * 3600 + date.getUTCMinutes() * 60 + date.getUTCSeconds(),
      }
    },
    instant(wall) {
      const wanted = Date.UTC(wall.year, wall.month - 1, wall.day) + wall.seconds * 1000
      const before = wanted - (shown(wanted - DAY_MS) - (wanted - DAY_MS))
      const after = wanted - (shown(wanted + DAY_MS) - (wanted + DAY_MS))
      const fits = [before, after].filter(candidate => shown(candidate) === wanted)
      return fits.length === 0 ? before : Math.min(...fits)
    },
  }
}
