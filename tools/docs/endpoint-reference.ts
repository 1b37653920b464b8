import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../../packages/gateway/src/config/load-config.ts'
import { openGateway } from '../../packages/gateway/src/gateway.ts'
import { doorPaths } from '../../packages/gateway/src/http/doors.ts'
import { startServer } from '../../packages/gateway/src/server.ts'
import { createLog } from '../../packages/gateway/src/telemetry/log.ts'
import { code, table } from './table.ts'

/** Inference doors and all other routes as Markdown tables; the generated part of docs/reference/endpoints.md. */
export async function endpointReference(): Promise<string> {
  const doors = doorPaths().map(({ method, path, door }) => [
    code(`${method} ${path}`),
    door.endpoint,
    code(door.codec.format),
  ])
  const routes = (await operations()).map(({ method, path, summary, tag }) => [
    code(`${method.toUpperCase()} ${path.replace('{*}', '{model}')}`),
    tag,
    summary,
  ])
  return [
    '## Inference',
    '',
    table(['route', 'endpoint', "client's format"], doors),
    '',
    '## Everything else',
    '',
    table(['route', 'about', 'what it does'], routes),
  ].join('\n')
}

interface Operation {
  readonly method: string
  readonly path: string
  readonly summary: string
  readonly tag: string
}

interface Description {
  readonly paths: Record<
    string,
    Record<string, { readonly summary?: string; readonly tags?: readonly string[] }>
  >
}

/** The routes that a running gateway describes at `/openapi.json`, its inference doors apart. */
async function operations(): Promise<readonly Operation[]> {
  const { paths } = await description()
  const doors = new Set(doorPaths().map(({ method, path }) => `${method.toLowerCase()} ${path}`))
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => !doors.has(`${method} ${path}`))
      .map(([method, { summary = '', tags = [] }]) => ({ method, path, summary, tag: tags[0] ?? '' })),
  )
}

async function description(): Promise<Description> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'sluice-docs-'))
  try {
    const env = new Map<string, string>()
    const cliOverrides = { port: '0', dataDirectory, logLevel: 'silent' }
    const { settings } = await loadConfig({ env, cliOverrides })
    const server = await startServer(await openGateway(settings, createLog(settings.telemetry)))
    try {
      return (await (await fetch(`${server.url}/openapi.json`)).json()) as Description
    } finally {
      await server.close()
    }
  } finally {
    await rm(dataDirectory, { recursive: true, force: true })
  }
}
