import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort, outputOf, startServerProcess } from './server-process.ts'
import { clientOf, type StartStack, upstreamModel } from './stack.ts'

/**
 * Portkey's gateway, the TypeScript peer. Newer versions of the HTTP server that its range allows break its streams
 * (https://github.com/Portkey-AI/gateway/issues/1389), so that is held at the last one that works on this Node.
 */
const manifest = {
  private: true,
  dependencies: { '@portkey-ai/gateway': '1.15.2' },
  overrides: { '@hono/node-server': '1.14.1' },
}

/** Portkey told by headers where to go: it knows no keys, limits or spend without its cloud. */
export const startPortkey: StartStack = async ({ upstreamPort, directory, cacheDirectory }) => {
  const home = await install(join(cacheDirectory, 'portkey'))
  const port = await freePort()
  const server = await startServerProcess({
    name: 'portkey',
    command: process.execPath,
    args: [join(home, 'build/start-server.js'), `--port=${port}`, '--headless'],
    port,
    healthPath: '/',
    cwd: directory,
  })
  return {
    name: 'portkey',
    version: manifest.dependencies['@portkey-ai/gateway'],
    does: 'relays and translates; no keys, limits or spend',
    pid: server.pid,
    readyMs: server.readyMs,
    target(route, reply) {
      // "messages is not supported by openai"
      if (route === 'messages-to-openai') return undefined
      const { path, headers } = clientOf(route, 'sk-bench')
      return {
        port,
        path,
        headers: {
          ...headers,
          'x-portkey-provider': route === 'relayed' ? 'openai' : 'anthropic',
          'x-portkey-custom-host': `http://127.0.0.1:${upstreamPort}/v1`,
        },
        model: upstreamModel(reply),
      }
    },
    close: server.close,
  }
}

async function install(directory: string): Promise<string> {
  const path = join(directory, 'package.json')
  const wanted = JSON.stringify(manifest)
  const home = join(directory, 'node_modules/@portkey-ai/gateway')
  const found = existsSync(path) ? await readFile(path, 'utf8') : ''
  if (found !== wanted || !existsSync(home)) {
    process.stderr.write('installing Portkey from npm\n')
    await mkdir(directory, { recursive: true })
    await writeFile(path, wanted)
    outputOf(
      'npm',
      ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'],
      directory,
    )
  }
  return home
}
