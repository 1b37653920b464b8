/** What is known of a stream besides its events, wherever it is kept. */
export interface StreamFacts {
  /** 128 random bits in base64url. Useless without the key that began the stream. */
  readonly id: string
  /** Hash of the key that began it. */
  readonly keyHash: string
  /** What the client calls the call. */
  readonly callId: string
  readonly endpoint: string
  /** The client's wire format. */
  readonly format: string
  readonly contentType: string
}

/** `ended`: whole, or with an error event; `broken`: without a word, which must look like it. */
export type StreamEnd = 'ended' | 'broken'
