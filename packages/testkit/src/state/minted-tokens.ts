import { BoundedMap } from './bounded-map.ts'

/** Who mints tokens. */
export type TokenIssuer = 'google' | 'azure' | 'aws' | 'ibm' | 'oauth'

/** A token that the `tokens` wire gave away. */
export interface MintedToken {
  /** What the client shows: an access token; of AWS the session token. */
  readonly token: string
  readonly issuer: TokenIssuer
  /** Whom it stands for: a service account, a client id, a role. */
  readonly subject: string
  /** What it is good for, as asked: scopes, a resource, empty. */
  readonly scope: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  /** Of AWS only. */
  readonly aws?: AwsKeys
}

export interface AwsKeys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

/** Long-lived AWS keys that every wire knows besides those it minted. */
export const testAwsKeys: AwsKeys = {
  accessKeyId: 'AKIATESTKIT000000000',
  secretAccessKey: 'testkit/secret+access/key/0123456789ABCD',
}

/** The tokens an upstream has minted, the last 1,000. */
export class MintedTokens {
  readonly #tokens = new BoundedMap<string, MintedToken>()

  add(token: MintedToken): MintedToken {
    this.#tokens.set(token.token, token)
    return token
  }

  /** Oldest first. */
  get all(): readonly MintedToken[] {
    return [...this.#tokens.values()]
  }

  /** The token if it was minted here, was not revoked and is not over. */
  find(token: string | undefined, now = Date.now()): MintedToken | undefined {
    const found = token === undefined ? undefined : this.#tokens.get(token)
    return found && found.expiresAt > now ? found : undefined
  }

  /** The keys of an access key id: minted ones, or `testAwsKeys`. */
  awsKeys(accessKeyId: string, now = Date.now()): AwsKeys | undefined {
    if (accessKeyId === testAwsKeys.accessKeyId) return testAwsKeys
    return this.all.find(({ aws, expiresAt }) => aws?.accessKeyId === accessKeyId && expiresAt > now)?.aws
  }

  revoke(token: string): void {
    this.#tokens.delete(token)
  }

  clear(): void {
    this.#tokens.clear()
  }
}
