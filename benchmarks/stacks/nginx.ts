import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort, outputOf, startServerProcess } from './server-process.ts'
import { clientOf, type StartStack, upstreamModel } from './stack.ts'

/** nginx as a bare reverse proxy with one worker: the floor. It neither authenticates nor looks at a body. */
export const startNginx: StartStack = async ({ upstreamPort, directory }) => {
  const version = installed()
  const wholePort = await freePort()
  const streamPort = await freePort()
  await mkdir(join(directory, 'temporary'), { recursive: true })
  const path = join(directory, 'nginx.conf')
  await writeFile(path, configuration(directory, upstreamPort, wholePort, streamPort))
  const server = await startServerProcess({
    name: 'nginx',
    command: 'nginx',
    args: ['-c', path, '-p', directory, '-e', 'stderr'],
    port: wholePort,
    healthPath: '/health/liveliness',
  })
  return {
    name: 'nginx',
    version,
    does: 'bare reverse proxy, 1 worker',
    pid: server.pid,
    readyMs: server.readyMs,
    target: (route, reply) => ({
      port: reply === 'whole' ? wholePort : streamPort,
      ...clientOf(route, 'sk-bench'),
      model: upstreamModel(reply),
    }),
    close: server.close,
  }
}

function installed(): string {
  const version = () => /nginx\/([\d.]+)/.exec(outputOf('nginx', ['-v']))?.[1] ?? 'unknown'
  try {
    return version()
  } catch {
    process.stderr.write('nginx is missing; installing it with apt-get\n')
    outputOf('apt-get', ['update', '-qq'])
    outputOf('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'nginx-light'])
    return version()
  }
}

function configuration(directory: string, upstream: number, whole: number, stream: number): string {
  const user = process.getuid?.() === 0 ? 'user root;' : ''
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    kind => `${kind}_temp_path ${join(directory, 'temporary', kind)};`,
  )
  const server = (port: number, buffering: 'on' | 'off') => `
  server {
    listen 127.0.0.1:${port} backlog=1024;
    location = /health/liveliness { return 200 "ok"; }
    location / {
      proxy_pass http://upstream;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering ${buffering};
    }
  }`
  return `${user}
daemon off;
worker_processes 1;
pid ${join(directory, 'nginx.pid')};
error_log stderr crit;
worker_rlimit_nofile 16384;
events { worker_connections 4096; }
http {
  access_log off;
  ${temporary.join('\n  ')}
  tcp_nodelay on;
  keepalive_requests 100000000;
  keepalive_timeout 75s;
  client_max_body_size 64m;
  client_body_buffer_size 256k;
  proxy_read_timeout 120s;
  upstream upstream {
    server 127.0.0.1:${upstream};
    keepalive 64;
    keepalive_requests 100000000;
  }
  ${server(whole, 'on')}
  ${server(stream, 'off')}
}
`
}
