/** A name of several parts as a piece of a path: its slashes stay, everything else is escaped. */
export function escapedPath(name: string): string {
  return name.split('/').map(encodeURIComponent).join('/')
}
