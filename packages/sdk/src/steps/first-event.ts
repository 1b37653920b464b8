import { createError } from '../errors.ts'

/**
 * The answer, unless its first output takes longer than `limitMs` after `startedAt` (`performance.now()`): a head, or
 * a preamble, is no token yet. `abort` frees the socket.
 */
export async function firstEvent<T>(
  answer: Promise<T>,
  { limitMs, startedAt, abort }: { limitMs: number | undefined; startedAt: number; abort(): void },
): Promise<T> {
  if (limitMs === undefined) return answer
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const fire = () => {
      abort()
      reject(createError({ kind: 'timeout', message: `The provider sent no output within ${limitMs} ms.` }))
    }
    timer = setTimeout(fire, Math.max(0, limitMs - (performance.now() - startedAt)))
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
    // Aborted, it rejects with nobody left to hear it.
    answer.catch(() => {})
  }
}
