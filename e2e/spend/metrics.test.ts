import { createHash } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { post, price, type Rig, startRig } from '../gateway.ts'

const rig = await startRig()
afterAll(() => rig.close())

const messages = [{ role: 'user', content: 'Hello there' }]

interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Prometheus' text format, strictly: a line that does not parse is an error. */
function parse(text: string): Sample[] {
  return text
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(line => {
      const [, name, labels = '', value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
      if (name === undefined) throw new Error(`not a sample: ${line}`)
      const pairs = [...labels.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)",?/g)]
      return { name, labels: Object.fromEntries(pairs.map(pair => [pair[1], pair[2]])), value: Number(value) }
    })
}

async function samples(from: Rig = rig): Promise<Sample[]> {
  const response = await fetch(`${from.gateway.url}/metrics`)
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    expect.stringContaining('text/plain'),
  ])
  return parse(await response.text())
}

describe('after two answers, a stream and a failure of one key', async () => {
  const key = await rig.newKey({ key_alias: 'measured', user_id: 'user-1', team_id: 'team-1' })
  const hash = createHash('sha256').update(key).digest('hex')
  const ask = (body: object) =>
    post(rig.gateway, '/v1/chat/completions', { model: 'gpt-4o', messages, user: 'customer', ...body }, key)
  for (const body of [{}, {}, { stream: true }, { model: 'openai/testkit-429' }])
    await (await ask(body)).text()
  const all = await samples()

  /** The sum of a metric over the series with these labels. */
  function sumOf(name: string, labels: Record<string, string> = {}): number {
    const matching = all.filter(
      sample =>
        sample.name === name &&
        sample.labels['hashed_api_key'] === hash &&
        Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    )
    expect([name, matching.length > 0]).toEqual([name, true])
    return matching.reduce((sum, sample) => sum + sample.value, 0)
  }

  test('requests are counted by status', () => {
    const total = 'litellm_proxy_total_requests_metric_total'
    expect(sumOf(total)).toBe(4)
    expect(sumOf(total, { status_code: '200', requested_model: 'gpt-4o' })).toBe(3)
    expect(sumOf(total, { status_code: '429' })).toBe(1)
    const failed = { exception_status: '429', exception_class: 'RateLimitError' }
    expect(sumOf('litellm_proxy_failed_requests_metric_total', failed)).toBe(1)
    expect(sumOf('litellm_deployment_success_responses_total', { api_provider: 'openai' })).toBe(3)
    expect(sumOf('litellm_deployment_failure_responses_total', failed)).toBe(1)
    expect(sumOf('litellm_deployment_total_requests_total')).toBe(4)
  })

  test('tokens and dollars are those that were charged', () => {
    expect(sumOf('litellm_input_tokens_metric_total')).toBe(6)
    expect(sumOf('litellm_output_tokens_metric_total')).toBe(12)
    expect(sumOf('litellm_total_tokens_metric_total')).toBe(18)
    expect(sumOf('litellm_spend_metric_total')).toBeCloseTo(6 * price.input + 12 * price.output, 9)
  })

  test('times are histograms whose counts agree', () => {
    expect(sumOf('litellm_request_total_latency_metric_count')).toBe(4)
    expect(sumOf('litellm_request_total_latency_metric_bucket', { le: '+Inf' })).toBe(4)
    expect(sumOf('litellm_llm_api_latency_metric_count')).toBe(4)
    expect(sumOf('litellm_llm_api_time_to_first_token_metric_count')).toBe(1)
    expect(sumOf('litellm_overhead_latency_metric_count')).toBeGreaterThanOrEqual(3)
  })

  test("labels are LiteLLM's, and none holds the key", () => {
    const request = all.find(
      sample =>
        sample.name === 'litellm_proxy_total_requests_metric_total' &&
        sample.labels['hashed_api_key'] === hash,
    )
    expect(request?.labels).toMatchObject({
      api_key_alias: 'measured',
      user: 'user-1',
      team: 'team-1',
      team_alias: 'None',
      route: '/v1/chat/completions',
      // A series for each address would have no bound.
      client_ip: 'None',
    })
    expect(JSON.stringify(all)).not.toContain(key)
  })
})

test('a call in flight is a gauge', async () => {
  const flying = async () =>
    (await samples()).find(({ name }) => name === 'litellm_in_flight_requests')?.value
  expect(await flying()).toBe(0)
  rig.upstream.script({ latencyMs: 500 })
  const reply = post(
    rig.gateway,
    '/v1/chat/completions',
    { model: 'gpt-4o', messages },
    rig.gateway.masterKey,
  )
  await eventually('one is in flight', async () => (await flying()) === 1)
  await reply
  await eventually('none is in flight', async () => (await flying()) === 0)
})

test('names that a caller made up do not break the format', async () => {
  const odd = 'a "quoted"\\ \n model'
  await post(rig.gateway, '/v1/chat/completions', { model: odd, messages, user: odd }, rig.gateway.masterKey)
  expect((await samples()).length).toBeGreaterThan(0)
})

test('/metrics asks for a key when the operator says so', async () => {
  const shut = await startRig({ config: { litellm_settings: { require_auth_for_metrics_endpoint: true } } })
  expect((await fetch(`${shut.gateway.url}/metrics`)).status).toBe(401)
  expect((await shut.admin('/metrics')).status).toBe(200)
  await shut.close()
})
