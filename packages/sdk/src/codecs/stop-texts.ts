import type { CallInfo } from './codec.ts'

/**
 * Where an answer stops, as a list; `undefined` for nothing. An empty text is left out and recorded: some servers refuse
 * it, others stop before the first word.
 */
export function stopTexts(stop: unknown, info: Pick<CallInfo, 'warn'>): unknown[] | undefined {
  if (stop == null) return undefined
  const list: readonly unknown[] = Array.isArray(stop) ? stop : [stop]
  const kept = list.filter(text => text !== '')
  if (kept.length < list.length)
    info.warn({ action: 'dropped', param: 'stop', reason: 'an empty text stops nothing' })
  return kept.length > 0 ? kept : undefined
}
