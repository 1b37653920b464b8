import type { ZonedCalendar } from 'sluice/internal'

/** What the copying of rows goes by, and where it notes what is odd. */
export interface CopyContext {
  readonly now: number
  readonly calendar: ZonedCalendar
  /** Budgets that are there to be named. */
  readonly budgetIds: Set<string>
  /** Something that could not be copied as it is. */
  note(table: string, problem: string): void
}

/** Who is said to have made and changed what was copied. */
export const COPIED_BY = 'sluice migrate litellm'
