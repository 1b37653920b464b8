const MASK = '****'
/** Of shorter ones four characters would say too much. */
const LEAST_SHOWN = 16

/** A stored value as it may be shown: its first and last two characters, of short ones nothing. */
export function maskValue(value: unknown): string {
  if (typeof value !== 'string' || value.length < LEAST_SHOWN) return MASK
  return `${value.slice(0, 2)}${MASK}${value.slice(-2)}`
}
