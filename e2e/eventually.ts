import { setTimeout as pause } from 'node:timers/promises'

/** Waits until `look` gives something truthy, and gives that. Rejects after the deadline. */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  withinMs = 45_000,
): Promise<Exclude<T, false | undefined>> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const seen = await look()
    if (seen) return seen as Exclude<T, false | undefined>
    if (performance.now() > deadline) throw new Error(`within ${withinMs} ms it did not happen: ${what}`)
    await pause(20)
  }
}
