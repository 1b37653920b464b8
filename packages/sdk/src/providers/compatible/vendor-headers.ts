import type { Credentials } from '../../credentials/credentials.ts'

/**
 * Headers a vendor wants besides the usual ones, lower case. `env`: the first set variable's value, else `otherwise`,
 * else the header is not sent. `'secret'`: the key once more, under the vendor's own name.
 */
export type VendorHeaders = Readonly<
  Record<string, string | { readonly env: readonly string[]; readonly otherwise?: string }>
>

/** The same credentials, and these headers where nobody set them. */
export function vendorHeaders(credentials: Credentials, headers: VendorHeaders): Credentials {
  return {
    ...credentials,
    async sign(request, secret, deployment, host) {
      await credentials.sign(request, secret, deployment, host)
      for (const name in headers) {
        const value = headers[name]
        const text =
          value === 'secret'
            ? secret
            : typeof value === 'object'
              ? (host.secret(value.env) ?? value.otherwise)
              : value
        if (text !== undefined) request.headers[name] ??= text
      }
    },
  }
}
