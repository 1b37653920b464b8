import type { Credentials } from './credentials.ts'

/** `Authorization: Bearer KEY`, as OpenAI and everyone who follows it. */
export function bearer(env: readonly string[], options: { readonly required?: boolean } = {}): Credentials {
  return {
    env,
    required: options.required ?? true,
    sign(request, secret) {
      if (secret) request.headers.authorization = `Bearer ${secret}`
    },
  }
}
