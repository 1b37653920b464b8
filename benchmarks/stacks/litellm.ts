import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort, outputOf, startServerProcess } from './server-process.ts'
import { clientOf, modelList, publicModel, type StartStack } from './stack.ts'

const masterKey = 'sk-bench-litellm-master-key'

/** The LiteLLM proxy with one worker and no database: its virtual keys and spend rows need PostgreSQL. */
export const startLiteLLM: StartStack = async ({ upstreamPort, directory, cacheDirectory }) => {
  const binaries = await install(join(cacheDirectory, 'litellm'))
  const port = await freePort()
  const config = join(directory, 'config.yaml')
  await writeFile(config, JSON.stringify(configuration(upstreamPort), null, 2))
  const server = await startServerProcess({
    name: 'litellm',
    command: join(binaries, 'litellm'),
    args: ['--config', config, '--host', '127.0.0.1', '--port', String(port), '--num_workers', '1'],
    port,
    healthPath: '/health/liveliness',
    cwd: directory,
    // Its price list would otherwise be fetched from the network at every start.
    env: { LITELLM_LOCAL_MODEL_COST_MAP: 'True', HOME: directory, LITELLM_LOG: 'ERROR' },
    timeoutMs: 120_000,
  })
  return {
    name: 'litellm',
    version: /Version: (\S+)/.exec(outputOf(join(binaries, 'pip'), ['show', 'litellm']))?.[1] ?? 'unknown',
    does: 'master key only; no virtual keys, limits or spend rows (no database)',
    pid: server.pid,
    readyMs: server.readyMs,
    target: (route, reply) => ({
      port,
      ...clientOf(route, masterKey),
      model: publicModel(route, reply),
    }),
    close: server.close,
  }
}

function configuration(upstreamPort: number): object {
  return {
    model_list: modelList(upstreamPort),
    general_settings: { master_key: masterKey },
    // Messages must become chat completions here as elsewhere, not the provider's Responses API.
    litellm_settings: { use_chat_completions_url_for_anthropic_messages: true },
  }
}

async function install(directory: string): Promise<string> {
  const binaries = join(directory, 'venv/bin')
  if (!existsSync(join(binaries, 'litellm'))) {
    process.stderr.write('installing LiteLLM from PyPI into a virtual environment\n')
    await mkdir(directory, { recursive: true })
    outputOf('python3', ['-m', 'venv', 'venv'], directory)
    outputOf(join(binaries, 'pip'), ['install', '-q', 'litellm[proxy]'], directory)
  }
  return binaries
}
