/** Asks an origin for anything at all; the reason when nothing answers within 5 s. */
export async function reach(origin: string): Promise<string | undefined> {
  try {
    await fetch(origin, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(5_000) })
    return undefined
  } catch (error) {
    const cause = (error as Error).cause
    return cause instanceof Error ? cause.message : (error as Error).message
  }
}
