/** Where somebody goes who has signed in and said nothing. */
export const HOME = '/ui/?login=success'

const NOWHERE = 'http://nowhere.invalid'

/** A path of this gateway; anything that a browser could take for another site becomes the home page. */
export function returnTo(wanted: string | undefined): string {
  if (
    wanted === undefined ||
    !wanted.startsWith('/') ||
    /[\\\s\p{Cc}]/u.test(wanted) ||
    wanted.length > 1_024
  )
    return HOME
  if (wanted.startsWith('//') || !URL.canParse(wanted, NOWHERE)) return HOME
  const url = new URL(wanted, NOWHERE)
  // A path may become `//` only once its dots are taken away.
  if (url.origin !== NOWHERE || url.pathname.startsWith('//')) return HOME
  return url.pathname + url.search + url.hash
}
