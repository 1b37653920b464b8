/** The key that every wire refuses. */
export const badKey = 'bad-key'
