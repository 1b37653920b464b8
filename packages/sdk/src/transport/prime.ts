/** Takes an item; the source pauses while a returned promise is pending. */
export type Push<T> = (item: T) => void | undefined | Promise<void>

/**
 * Starts a pump and waits for its first item, so that a source that fails at once fails before anyone was told it
 * began. Returns the pump, which delivers the held item first. Rejects when the source fails before any item.
 */
export async function prime<T>(
  run: (push: Push<T>) => Promise<void>,
): Promise<(push: Push<T>) => Promise<void>> {
  let sink: Push<T> | undefined
  let held: { readonly item: T } | undefined
  let arrived: (() => void) | undefined
  let release: (() => void) | undefined
  const begun = new Promise<void>(resolve => {
    arrived = resolve
  })
  const running = run(item => {
    if (sink) return sink(item)
    held = { item }
    arrived?.()
    return new Promise(free => {
      release = free
    })
  })
  await Promise.race([begun, running])
  // Whoever pumps sees the failure; until then it must not count as unhandled.
  running.catch(() => {})
  return async push => {
    sink = push
    if (held) await push(held.item)
    release?.()
    await running
  }
}
