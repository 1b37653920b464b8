/** The id of a user's membership in a team or organization; no two pairs share one. */
export function memberId(of: string, userId: string): string {
  return `${encodeURIComponent(of)}/${encodeURIComponent(userId)}`
}
