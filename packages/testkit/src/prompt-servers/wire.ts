import { chat as openaiChat } from '../openai/chat.ts'
import { bearerOf } from '../openai/wire.ts'
import type { Head, Operation, Route, Wire } from '../wire/wire.ts'
import { failureIn, plainError } from './failures.ts'
import { generate as petals } from './petals.ts'
import { createPrediction, getPrediction } from './replicate.ts'
import { complete, embed } from './snowflake.ts'
import { featureExtraction, rank } from './tei.ts'
import { generate as tgi } from './tgi.ts'
import { infer, generate as triton } from './triton.ts'
import * as watsonx from './watsonx.ts'

/** The first that fits is taken. */
const routes: readonly (readonly [method: string, path: RegExp, operation: Operation, stream?: boolean])[] = [
  ['POST', /^\/hf-inference\/models\/(?<model>.+)\/pipeline\/feature-extraction$/, featureExtraction],
  ['POST', /^\/hf-inference\/models\/(?<model>.+)$/, tgi(undefined, true)],
  ['POST', /^\/tei\/rerank$/, rank],
  ['POST', /^\/tei$/, featureExtraction],
  ['POST', /^\/v1\/(?:models|deployments)\/(?<model>[^/]+\/[^/]+)\/predictions$/, createPrediction],
  ['POST', /^\/v1\/predictions$/, createPrediction],
  ['GET', /^\/v1\/predictions\/(?<id>[^/]+)$/, getPrediction],
  ['POST', /^\/v1\/chat\/completions$/, openaiChat],
  ['POST', /^\/v2\/models\/(?<model>[^/]+)\/generate$/, triton(false), false],
  ['POST', /^\/v2\/models\/(?<model>[^/]+)\/generate_stream$/, triton(true), true],
  ['POST', /^\/v2\/models\/(?<model>[^/]+)\/infer$/, infer],
  ['POST', /^\/triton\/embeddings$/, infer],
  ['POST', /^\/api\/v1\/generate$/, petals],
  ['POST', /^\/ml\/v1\/(?:deployments\/(?<deployment>[^/]+)\/)?text\/chat$/, watsonx.chat(false), false],
  ['POST', /^\/ml\/v1\/(?:deployments\/(?<deployment>[^/]+)\/)?text\/chat_stream$/, watsonx.chat(true), true],
  [
    'POST',
    /^\/ml\/v1\/(?:deployments\/(?<deployment>[^/]+)\/)?text\/generation$/,
    watsonx.generation(false),
    false,
  ],
  [
    'POST',
    /^\/ml\/v1\/(?:deployments\/(?<deployment>[^/]+)\/)?text\/generation_stream$/,
    watsonx.generation(true),
    true,
  ],
  ['POST', /^\/ml\/v1\/text\/embeddings$/, watsonx.embeddings],
  ['POST', /^\/ml\/v1\/text\/rerank$/, watsonx.rerank],
  ['POST', /^\/api\/v2\/cortex\/inference:complete$/, complete],
  ['POST', /^\/api\/v2\/cortex\/inference:embed$/, embed],
  ['POST', /^\/tgi\/?$/, tgi(undefined, true)],
  ['POST', /\/generate$/, tgi(false, false), false],
  ['POST', /\/generate_stream$/, tgi(true, false), true],
]

/**
 * Servers that go on with a prompt, and others too small for a wire of their own: TGI, TEI, Replicate, Triton, Petals,
 * watsonx, Cortex.
 */
export const promptServers: Wire = {
  name: 'prompt-servers',
  prefixed: true,
  route: findRoute,
  credential: head => bearerOf(head) ?? 'none',
  headers: sequence => ({ 'x-request-id': `testkit-${sequence}` }),
  failure: failureIn(plainError),
  failureEvent: failure => failureIn(plainError)(failure).body,
}

function findRoute({ method, path, query }: Head): Route | undefined {
  for (const [verb, pattern, operation, stream] of routes) {
    const match = verb === method ? pattern.exec(path) : null
    if (match === null) continue
    if (path.startsWith('/ml/') && !query.has('version')) return undefined
    const { model, ...params } = { ...match.groups }
    return {
      operation,
      framing: 'sse',
      params,
      ...(stream !== undefined && { stream }),
      ...(model !== undefined && { model: decodeURIComponent(model) }),
    }
  }
  return undefined
}
