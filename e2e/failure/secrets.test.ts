import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { recordStream, startUpstream } from '@sluice/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { deployment, type ProviderName, providers, type Rig, startRig } from '../gateway.ts'
import { rowsOf } from './books.ts'
import { ask, type ClientFormat, clientFormats } from './client-formats.ts'
import { exchange } from './exchange.ts'

const canary = (what: string) => `${what}${randomBytes(12).toString('hex')}`
/** None of these may ever be seen outside the request that carried it. */
const secrets = {
  masterKey: `sk-${canary('master')}`,
  providerKey: canary('provider'),
  environmentKey: canary('environment'),
  headerKey: canary('header'),
  databasePassword: canary('password'),
  wrongKey: `sk-${canary('wrong')}`,
  foreignToken: canary('foreign'),
  callerKey: canary('caller'),
  prompt: canary('prompt'),
  answer: canary('answer'),
}

const upstream = await startUpstream()
const directory = await mkdtemp(join(tmpdir(), 'sluice-secrets-'))
let rig: Rig
let key: string
/** Everything the gateway said to clients, but for the answers that are theirs. */
const told: string[] = []

beforeAll(async () => {
  const secretive = (provider: ProviderName) => {
    const base = deployment(upstream, provider, `secret-${provider}`) as { litellm_params: object }
    const extra_headers = { 'x-secret': secrets.headerKey }
    return {
      ...base,
      litellm_params: { ...base.litellm_params, api_key: secrets.providerKey, extra_headers },
    }
  }
  rig = await startRig({
    upstream,
    dataDirectory: directory,
    models: [
      ...providers.map(secretive),
      { model_name: 'by-env', litellm_params: { model: 'openai/m', api_base: upstream.baseUrl('openai') } },
      {
        model_name: 'nowhere',
        litellm_params: {
          model: 'openai/m',
          api_base: 'http://127.0.0.1:9/v1',
          api_key: secrets.providerKey,
        },
      },
    ],
    env: {
      LITELLM_MASTER_KEY: secrets.masterKey,
      OPENAI_API_KEY: secrets.environmentKey,
      LITELLM_LOG: 'DEBUG',
    },
    args: ['--log-level', 'trace'],
  })
  key = await rig.newKey({ key_alias: 'canary' })
})
afterAll(async () => {
  await rig.close()
  await upstream.close()
  await rm(directory, { recursive: true, force: true })
})

const words = `Incorrect API key provided: ${secrets.providerKey}.`
/** A vendor's error that quotes the key, in its own shape. */
const lateErrors = {
  openai: { error: { message: words, type: 'server_error' } },
  anthropic: { error: { type: 'api_error', message: words } },
  gemini: { error: { code: 500, message: words, status: 'INTERNAL' } },
} as const

/** A stream that turns into such an error after its first event. */
function brokenOff(provider: ProviderName): Buffer {
  const first = recordStream(provider).toString().split('\n\n')[0]
  const { error } = lateErrors[provider]
  const event =
    provider === 'anthropic'
      ? `event: error\ndata: ${JSON.stringify({ type: 'error', error })}`
      : `data: ${JSON.stringify({ error })}`
  return Buffer.from(`${first}\n\n${event}\n\n`)
}

/** Calls that succeed, fail at the provider, break off, are refused, are malformed. */
async function everyKindOfCall(format: ClientFormat): Promise<void> {
  const call = async (model: string, credential: string, stream = false, more = {}) => {
    const text = `say ${secrets.prompt}`
    const headers = { 'x-sluice-explain': 'true', ...more }
    const reply = await ask(rig.gateway.url, format, credential, { model, text, stream }, { headers })
    told.push(...(reply.body.match(/^: .*$/gm) ?? []))
    if (reply.error !== undefined || !reply.finished) told.push(reply.body)
    told.push(JSON.stringify(reply.headers))
    return reply
  }
  for (const provider of providers) {
    const model = `secret-${provider}`
    for (const stream of [false, true]) {
      upstream.script({ reply: { text: secrets.answer } })
      expect((await call(model, key, stream)).text).toBe(secrets.answer)
      // A vendor that quotes the key it was given, as OpenAI does in its 401.
      const body = { error: { message: `Incorrect API key provided: ${secrets.providerKey}.`, type: 'x' } }
      upstream.script({ status: 401, body })
      expect((await call(model, key, stream)).status).toBe(502)
      upstream.script({ status: 500 })
      await call(model, key, stream)
      upstream.script({ body: `<html>${secrets.providerKey}</html>`, status: 502 })
      await call(model, key, stream)
      upstream.script({ cutAfterBytes: 300, cutMode: 'reset', reply: { text: secrets.answer } })
      await call(model, key, stream)
    }
  }
  for (const provider of providers) {
    // The same words once the stream has begun, and in an answer that says 200.
    upstream.script({ rawStream: brokenOff(provider) })
    expect((await call(`secret-${provider}`, key, true)).error).toBeTypeOf('string')
    const { error } = lateErrors[provider]
    upstream.script({ body: provider === 'anthropic' ? { type: 'error', error } : { error } })
    expect((await call(`secret-${provider}`, key)).error).toBeTypeOf('string')
  }
  await call('nowhere', key)
  const quoted = { error: { message: `Incorrect API key provided: ${secrets.environmentKey}.` } }
  upstream.script({ status: 401, body: quoted })
  expect((await call('by-env', key)).status).toBe(502)
  await call('by-env', key)
  await call('no-such-model', key)
  expect((await call('secret-openai', secrets.wrongKey)).status).toBe(401)
  expect((await call('secret-openai', secrets.foreignToken)).status).toBe(401)
  await call('secret-openai', key, false, { 'x-litellm-timeout': 'soon' })
  const malformed = await ask(
    rig.gateway.url,
    format,
    key,
    { model: 'x' },
    { body: `{"a": "${secrets.prompt}" nonsense` },
  )
  expect(malformed.status).toBe(400)
  told.push(malformed.body)
  const wrongType = {
    ...format.body('secret-openai', secrets.prompt, false),
    api_key: secrets.callerKey,
    messages: 7,
    contents: 7,
  }
  const refused = await ask(
    rig.gateway.url,
    format,
    key,
    { model: 'secret-openai' },
    { body: JSON.stringify(wrongType) },
  )
  expect(refused.status).toBe(400)
  told.push(refused.body)
}

function expectClean(where: string, text: string, allowed: readonly string[] = []): void {
  const all = { ...secrets, virtualKey: key }
  const seen = Object.entries(all).filter(([, secret]) => text.includes(secret) && !allowed.includes(secret))
  expect([where, seen.map(([name]) => name)]).toEqual([where, []])
}

test('Guardrail logging leaked Authorization headers into logs and OTel: no canary is seen in any place', async () => {
  for (const format of clientFormats) await everyKindOfCall(format)
  for (const credential of [secrets.wrongKey, secrets.foreignToken, key]) {
    for (const path of [
      '/key/generate',
      '/key/info?key=sk-x',
      '/spend/logs',
      '/no/such/route',
      `/key/${credential}/regenerate`,
    ]) {
      const reply = await exchange(rig.gateway.url, path, {
        method: path.includes('generate') ? 'POST' : 'GET',
        headers: { authorization: `Bearer ${credential}`, 'content-type': 'application/json' },
        ...(path.includes('generate') && { body: `{"key": "${secrets.callerKey}"}` }),
      })
      // An answer may quote the path it was asked for, never the credential.
      expectClean(
        `${path} of ${credential.slice(0, 8)}`,
        reply.body,
        path.includes(credential) ? [credential] : [],
      )
    }
  }
  const admin = async (path: string) => {
    const response = await rig.admin(path)
    return response.text()
  }
  const rows = await eventually('every call is written down', async () => {
    const found = await rowsOf(rig.gateway, key)
    return found.length >= 60 && found
  })
  told.forEach((text, index) => expectClean(`reply ${index}`, text))
  expectClean('spend rows', JSON.stringify(rows))
  // Checks of deployments fail as calls do, with the key in the vendor's words.
  const quoting = (secret: string) => ({ error: { message: `Incorrect API key provided: ${secret}.` } })
  for (const provider of providers)
    upstream.script({
      ...{ status: 401, body: quoting(secrets.providerKey), match: { model: `secret-${provider}` } },
    })
  upstream.script({ status: 401, body: quoting(secrets.environmentKey), match: { model: 'm' } })
  for (const path of [
    '/metrics',
    '/health',
    '/health/latest',
    '/health/readiness',
    '/router/state',
    '/router/weights',
    '/provider/budgets',
    '/v1/feedback',
    '/model/info',
    '/v1/models',
    '/key/list?return_full_object=true',
    '/spend/logs?summarize=false&size=1000',
    '/openapi.json',
    '/',
  ])
    expectClean(path, await admin(path))
})

test('no canary is on disk or in the logs, after a kill -9 either', async () => {
  rig.gateway.process.kill('SIGKILL')
  await rig.gateway.stop()
  const names = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = names.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  expect(files.length).toBeGreaterThan(1)
  for (const file of files) expectClean(file, await readFile(file, 'latin1'))
  expect(rig.gateway.logs.length).toBeGreaterThan(3)
  expectClean('standard output and error', rig.gateway.logs.join('\n'))
})
