import type { FastifyInstance } from 'fastify'
import { VERSION } from '../../version.ts'

/** The API's description and a page for people. */
export function registerDocumentRoutes(app: FastifyInstance): void {
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  app.get('/', { schema: { hide: true } }, async (_request, reply) =>
    reply
      .header('content-type', 'text/html; charset=utf-8')
      .header(
        'content-security-policy',
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'",
      )
      .send(page(app)),
  )
}

interface Operation {
  readonly summary?: string
  readonly tags?: readonly string[]
}

/** Every route in one table, made from the description itself. */
function page(app: FastifyInstance): string {
  const paths = app.swagger().paths ?? {}
  const rows = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries((methods ?? {}) as Record<string, Operation>).map(
      ([method, operation]) =>
        `<tr><td class="m">${method.toUpperCase()}</td><td><code>${escape(path)}</code></td><td>${escape(operation.summary ?? '')}</td></tr>`,
    ),
  )
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sluice</title><style>${STYLE}</style>
<main><h1>Sluice <small>${VERSION}</small></h1>
<p>One gateway, every model. Point your client's base URL here; nothing else changes.</p>
<pre>curl $BASE_URL/v1/chat/completions \\
  -H "Authorization: Bearer $SLUICE_KEY" -H "Content-Type: application/json" \\
  -d '{"model":"sluice-echo","messages":[{"role":"user","content":"Hello"}]}'</pre>
<p><a href="/openapi.json">openapi.json</a> · <a href="/health/readiness">readiness</a></p>
<table><thead><tr><th>Method<th>Path<th>What it does</thead><tbody>${rows.join('')}</tbody></table></main></html>`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:0}
main{max-width:60rem;margin:3rem auto;padding:0 1rem}small{font-weight:400;opacity:.6}
pre{padding:1rem;border-radius:.5rem;background:#8881;overflow:auto}table{border-collapse:collapse;width:100%}
td,th{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #8883}.m{font:600 .8rem ui-monospace,monospace}`
