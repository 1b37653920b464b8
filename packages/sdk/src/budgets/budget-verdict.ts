/** `spent`: terminal until the reset. `held`: calls in flight hold the rest, which may come back. */
export type BudgetVerdict = 'fits' | 'spent' | 'held'

/**
 * Whether a call fits into a budget, nano-dollars. It fits when spent, reserved and its worst case do; one that does
 * not is let in while nothing else is reserved, so that the end of a budget can be used up by one call alone. Hence
 * `spent + reserved < max + one worst case` at all times. `worst` undefined: its price is unknown.
 */
export function budgetVerdict(
  { spent, reserved }: { readonly spent: number; readonly reserved: number },
  max: number,
  worst: number | undefined,
): BudgetVerdict {
  if (spent >= max) return 'spent'
  if (worst === undefined || reserved === 0) return 'fits'
  return spent + reserved + worst <= max ? 'fits' : 'held'
}
