/** Resolves when `work` has ended, or after that many milliseconds without it. */
export function settledWithin(work: Promise<void>, withinMs: number): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, withinMs)
    void work.finally(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}
