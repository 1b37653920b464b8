/** Runs `work` for every number below `count`, at most `atOnce` at a time; the results are in order. */
export async function atOnce<T>(
  count: number,
  atOnce: number,
  work: (index: number) => Promise<T>,
): Promise<readonly T[]> {
  const results: T[] = new Array(count)
  let next = 0
  const run = async () => {
    for (let index = next++; index < count; index = next++) results[index] = await work(index)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, run))
  return results
}
