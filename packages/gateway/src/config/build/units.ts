/** Seconds as milliseconds. */
export function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * 1000)
}

/** Megabytes as bytes. */
export function megabytes(size: number | undefined): number | undefined {
  return size === undefined ? undefined : Math.round(size * 1024 * 1024)
}
