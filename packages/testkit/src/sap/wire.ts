import { asObject, type JsonObject } from '../json.ts'
import { chat } from '../openai/chat.ts'
import { embeddings } from '../openai/embeddings.ts'
import { openaiErrorBody, openaiFailure } from '../openai/failures.ts'
import { bearerOf } from '../openai/wire.ts'
import { Failure } from '../wire/failure.ts'
import { anything, filledText, flag, list, openRecord, record, text, textOr } from '../wire/shape.ts'
import type { CallOperation, ChatOperation, PlainOperation, Shown, Wire } from '../wire/wire.ts'

const model = record({ name: filledText }, { version: text, params: openRecord })
const shape = record(
  {
    config: record(
      {
        modules: record(
          {
            prompt_templating: record({
              prompt: record(
                { template: list(openRecord, 1) },
                { tools: list(openRecord), response_format: openRecord },
              ),
              model,
            }),
          },
          { filtering: openRecord, masking: openRecord, grounding: openRecord, translation: openRecord },
        ),
      },
      { stream: record({ enabled: flag }, { chunk_size: anything, delimiters: anything }) },
    ),
  },
  { placeholder_values: openRecord },
)

/** The chat that is orchestrated, as OpenAI's wire reads it. */
function insideOf(body: JsonObject): JsonObject {
  const config = asObject(body.config)
  const { prompt, model: named } = asObject(asObject(config.modules).prompt_templating) as Record<
    string,
    unknown
  >
  const { template, ...rest } = asObject(prompt)
  const { name, params } = asObject(named)
  return {
    ...asObject(params),
    ...rest,
    model: name,
    messages: template,
    ...(asObject(config.stream).enabled === true && { stream: true }),
  }
}

const orchestrated = (sequence: number, result: unknown): JsonObject => ({
  request_id: `testkit-${sequence}`,
  final_result: result,
})

/** `POST …/v2/completion`, https://help.sap.com/docs/sap-ai-core/generative-ai/orchestration-workflow-v2. */
const completion: ChatOperation = {
  kind: 'chat',
  read(body, route) {
    shape(body, [])
    return chat.read(insideOf(body), route)
  },
  whole: (answer, asked, sequence) => ({
    ...orchestrated(sequence, chat.whole(answer, asked, sequence)),
    intermediate_results: { templating: [] },
  }),
  events: (answer, asked, sequence) => [
    { request_id: `testkit-${sequence}`, intermediate_results: { templating: [] } },
    ...chat
      .events(answer, asked, sequence)
      .map(event => (typeof event === 'string' ? event : orchestrated(sequence, event))),
  ],
}

const embedShape = record({
  config: record({ modules: record({ embeddings: record({ model }) }, { masking: openRecord }) }),
  input: record({ text: textOr(list(text, 1)) }, { type: text }),
})

const embed: PlainOperation = {
  kind: 'plain',
  reply(body, route) {
    embedShape(body, [])
    const { model: named } = asObject(asObject(asObject(asObject(body.config).modules).embeddings))
    const { name, params } = asObject(named)
    const inside = { ...asObject(params), model: name, input: asObject(body.input).text }
    return orchestrated(1, embeddings.reply(inside, route))
  },
}

const deployments: CallOperation = {
  kind: 'call',
  answer: ({ origin }) => ({
    json: {
      count: 2,
      resources: [
        {
          id: 'd0',
          status: 'RUNNING',
          createdAt: '2025-01-01T00:00:00Z',
          deploymentUrl: `${origin}/v2/inference/deployments/d0`,
        },
        {
          id: 'd1',
          status: 'RUNNING',
          createdAt: '2026-01-01T00:00:00Z',
          deploymentUrl: `${origin}/v2/inference/deployments/d1`,
        },
      ],
    },
  }),
}

/** The token must be one that was minted here, and the resource group named. */
function authorize({ head, state }: Shown): void {
  if (state.tokens.find(bearerOf(head))?.issuer !== 'oauth') throw new Failure('unauthorized')
  if (!head.headers['ai-resource-group'])
    throw new Failure('invalid', { message: 'Header AI-Resource-Group is missing.' })
}

/** SAP AI Core: deployments and the orchestration. Tokens are minted at `/oauth/token`. */
export const sap: Wire = {
  name: 'sap',
  prefixed: true,
  route({ method, path }) {
    if (method === 'GET' && path === '/v2/lm/deployments') return { operation: deployments }
    if (method !== 'POST') return undefined
    if (/^\/v2\/inference\/deployments\/[^/]+\/v2\/completion$/.test(path)) return { operation: completion }
    return /^\/v2\/inference\/deployments\/[^/]+\/v2\/embeddings$/.test(path)
      ? { operation: embed }
      : undefined
  },
  credential: bearerOf,
  authorize,
  headers: sequence => ({ 'x-request-id': `testkit-${sequence}` }),
  failure: (failure, sequence) => {
    const { status, headers } = openaiFailure(failure)
    const { message } = openaiErrorBody(failure)
    const location = failure.kind === 'content-policy' ? 'Filtering Module - Input Filter' : 'LLM Module'
    const error = { request_id: `testkit-${sequence}`, code: status, message, location }
    return { status, ...(headers && { headers }), body: { error } }
  },
  failureEvent: failure => ({
    error: { code: 500, message: openaiErrorBody(failure).message, location: 'LLM Module' },
  }),
}
