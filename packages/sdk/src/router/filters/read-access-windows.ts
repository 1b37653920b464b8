import { badRequest } from '../../errors.ts'
import type { AccessWindow } from '../../types/deployment.ts'
import { isJsonObject } from '../../types/json.ts'

const KEY = 'model_info.access_windows'
/** `HH:MM`, from 00:00 to 23:59. */
export const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d$/

/** LiteLLM's list of `{start, end, timezone, team_ids}`. Throws `BadRequestError` naming what is wrong. */
export function readAccessWindows(value: unknown): readonly AccessWindow[] | undefined {
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value)) throw badRequest(`${KEY}: must be a list.`, KEY)
  return value.length === 0 ? undefined : value.map((each, index) => windowOf(each, `${KEY}[${index}]`))
}

function windowOf(value: unknown, key: string): AccessWindow {
  const refuse = (name: string, rule: string) =>
    badRequest(`${key}.${name}: must be ${rule}.`, `${key}.${name}`)
  if (!isJsonObject(value)) throw badRequest(`${key}: must be a map.`, key)
  const { start, end, timezone = 'UTC', team_ids: teamIds } = value
  if (!isTime(start)) throw refuse('start', 'a time of day such as 22:00')
  if (!isTime(end) || end === start) throw refuse('end', 'a time of day other than start, such as 06:00')
  if (!isTimeZone(timezone)) throw refuse('timezone', 'an IANA time zone such as Europe/Berlin')
  if (!isTexts(teamIds)) throw refuse('team_ids', 'a list of at least one team')
  return { start, end, timezone, teamIds }
}

function isTime(value: unknown): value is string {
  return typeof value === 'string' && TIME_OF_DAY.test(value)
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every(each => typeof each === 'string')
}

function isTimeZone(value: unknown): value is string {
  try {
    return typeof value === 'string' && Boolean(new Intl.DateTimeFormat('en', { timeZone: value }))
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}
