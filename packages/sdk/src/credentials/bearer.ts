import type { Credentials } from './credentials.ts'

/** `Authorization: Bearer KEY`, as OpenAI and everyone who follows it; or another scheme, `''` for the bare key. */
export function bearer(
  env: readonly string[],
  { required = true, scheme = 'Bearer' }: { readonly required?: boolean; readonly scheme?: string } = {},
): Credentials {
  return {
    env,
    required,
    sign(request, secret) {
      if (secret) request.headers.authorization = scheme === '' ? secret : `${scheme} ${secret}`
    },
  }
}
