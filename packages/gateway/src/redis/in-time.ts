/** `work`, or an error when it takes longer than `ms` milliseconds; what it comes to afterwards is dropped. */
export function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new LateError(ms)), ms)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

export class LateError extends Error {
  constructor(ms: number) {
    super(`no answer within ${ms} ms`)
    this.name = 'LateError'
  }
}
