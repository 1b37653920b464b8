import type { FastifyReply, FastifyRequest } from 'fastify'

/** True for a browser that shows what it gets. */
export function wantsPage(request: FastifyRequest): boolean {
  return request.headers.accept?.includes('text/html') === true
}

/** A page that loads nothing, runs nothing and shows itself in no frame. */
export function sendPage(reply: FastifyReply, status: number, title: string, body: string): FastifyReply {
  return reply
    .status(status)
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header(
      'content-security-policy',
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    )
    .header('referrer-policy', 'no-referrer')
    .send(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 22rem; margin: 12vh auto; padding: 0 1rem; color-scheme: light dark }
label, input, button, a { display: block; width: 100%; box-sizing: border-box }
input, button { font: inherit; padding: .5rem; margin: .25rem 0 1rem }
</style></head><body><main><h1>${escaped(title)}</h1>
${body}
</main></body></html>
`)
}

/** Name and password, and a link for each provider. */
export function loginForm(
  providers: readonly string[],
  returnTo: string,
  token: string,
  problem?: string,
): string {
  const more = `return_to=${encodeURIComponent(returnTo)}`
  return `${problem === undefined ? '' : `<p role="alert">${escaped(problem)}</p>`}
<form method="post" action="/login"><input type="hidden" name="form_token" value="${token}">
<label for="username">User name or e-mail</label><input id="username" name="username" autocomplete="username" required>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button>Sign in</button></form>
${providers.map(name => `<a href="/sso/key/generate?provider=${name}&amp;${more}">Sign in with ${name}</a>`).join('\n')}`
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, letter => `&#${letter.charCodeAt(0)};`)
}
