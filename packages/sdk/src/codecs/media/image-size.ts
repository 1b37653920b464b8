import { badRequest } from '../../errors.ts'
import type { Warning } from '../../types/warning.ts'

const SIZE = /^([1-9]\d{0,4})\s*[x×*]\s*([1-9]\d{0,4})$/i

/** `1024x1536` → both numbers; `undefined` for `auto` and nothing. Throws `BadRequestError` for anything else. */
export function pixels(size: unknown): readonly [width: number, height: number] | undefined {
  if (size == null || size === 'auto') return undefined
  const [, width, height] = (typeof size === 'string' && SIZE.exec(size)) || []
  if (width === undefined || height === undefined)
    throw badRequest('size: must be WIDTHxHEIGHT in pixels, such as "1024x1024", or "auto".', 'size')
  return [Number(width), Number(height)]
}

/**
 * The allowed aspect ratio (`16:9`) nearest to a size, with a receipt: the vendor chooses the pixels. `undefined` where
 * no size was asked for.
 */
export function nearestRatio(
  size: unknown,
  allowed: readonly string[],
  warn: (warning: Warning) => void,
): string | undefined {
  const asked = pixels(size)
  if (asked === undefined) return undefined
  const wanted = Math.log(asked[0] / asked[1])
  const distance = (ratio: string) => Math.abs(Math.log(quotient(ratio)) - wanted)
  const nearest = allowed.reduce((best, next) => (distance(next) < distance(best) ? next : best))
  warn({
    action: 'approximated',
    param: 'size',
    reason: `this provider takes aspect ratios, not pixels; ${String(size)} is asked for as ${nearest}`,
  })
  return nearest
}

/** The allowed size nearest in shape, and in area among equals; with a receipt unless it is the very size. */
export function nearestSize(
  size: unknown,
  allowed: readonly string[],
  warn: (warning: Warning) => void,
): string | undefined {
  const asked = pixels(size)
  if (asked === undefined) return undefined
  const [width, height] = asked
  const distance = (candidate: string) => {
    const [w, h] = partsOf(candidate)
    const area = Math.abs(Math.log((w * h) / (width * height)))
    return Math.abs(Math.log(w / h / (width / height))) * 100 + area
  }
  const nearest = allowed.reduce((best, next) => (distance(next) < distance(best) ? next : best))
  const [w, h] = partsOf(nearest)
  if (w !== width || h !== height)
    warn({
      action: 'approximated',
      param: 'size',
      reason: `this model has sizes of its own; ${width}x${height} is asked for as ${nearest}`,
    })
  return nearest
}

function quotient(ratio: string): number {
  const [width, height] = partsOf(ratio)
  return width / height
}

/** `16:9`, `1280:720`, `1328*1328` → both numbers. */
function partsOf(pair: string): readonly [number, number] {
  const [first = 1, second = 1] = pair.split(/[:*x]/).map(Number)
  return [first, second]
}
