/** What a token or a userinfo endpoint says. */
export type Claims = Readonly<Record<string, unknown>>

/** A claim by its path: dots reach into objects, `\.` is a dot of a name. Own properties only. */
export function claimAt(claims: Claims, path: string | undefined): unknown {
  if (path === undefined) return undefined
  if (Object.hasOwn(claims, path)) return claims[path]
  let value: unknown = claims
  for (const name of path.split(/(?<!\\)\./).map(part => part.replaceAll('\\.', '.'))) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Claims)[name]
  }
  return value
}

/** Text or a number, not empty; undefined for anything else. */
export function textAt(claims: Claims, path: string | undefined): string | undefined {
  const value = claimAt(claims, path)
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined
}

/** The texts of a list, or one text alone. */
export function listAt(claims: Claims, path: string | undefined): readonly string[] {
  const value = claimAt(claims, path)
  return [value].flat().filter((each): each is string => typeof each === 'string' && each !== '')
}

/** True where the provider says so of the address, as a word too: then it could be anybody's. */
export function isUnverified(claims: Claims): boolean {
  return ['false', '0'].includes(String(claimAt(claims, 'email_verified')).toLowerCase())
}

/** `scope` is text with spaces between, or a list; Entra writes `scp`. */
export function scopesOf(claims: Claims): ReadonlySet<string> {
  const stated = [...listAt(claims, 'scope'), ...listAt(claims, 'scp')]
  return new Set(stated.flatMap(text => text.split(/\s+/)).filter(scope => scope !== ''))
}
