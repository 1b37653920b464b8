import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import swagger from '@fastify/swagger'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { createError, SluiceError } from 'sluice/internal'
import { VERSION } from '../../version.ts'
import { errorHeaders } from '../headers.ts'
import { describeDoors } from './door-documents.ts'
import { refuseUnreadable } from './refuse-unreadable.ts'

/** Everything but inference: management, lists, health, metrics, documents. */
export interface Office {
  readonly app: FastifyInstance
  /** Node's request handler, once ready. */
  handle(request: IncomingMessage, response: ServerResponse): void
}

/**
 * Fastify on the gateway's own server: it does not listen, it answers what the inference doors leave over.
 * `register` adds the routes.
 */
export async function createOffice(
  server: Server,
  maxBytes: number,
  register: (app: FastifyInstance) => void | Promise<void>,
): Promise<Office> {
  let handle: Office['handle'] = () => {}
  const app = fastify({
    serverFactory: handler => {
      handle = handler
      return server
    },
    clientErrorHandler: refuseUnreadable,
    logger: false,
    bodyLimit: Math.min(maxBytes, 10 * 1024 * 1024),
    forceCloseConnections: false,
    routerOptions: { ignoreTrailingSlash: true },
    frameworkErrors(error, request, reply) {
      const told = asClientError(error, request)
      void (reply as FastifyReply).status(told.status).send(errorBody(told))
    },
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler((error, request, reply) => {
    const told = asClientError(error, request)
    const lines = errorHeaders(told)
    for (let at = 0; at < lines.length; at += 2) void reply.header(lines[at] as string, lines[at + 1])
    return reply.status(told.status).send(errorBody(told))
  })
  app.setNotFoundHandler((request, reply) => {
    const told = createError({
      kind: 'not_found',
      message: `${request.method} ${request.url.split('?')[0]} does not exist here. The API is described at /openapi.json.`,
    })
    return reply.status(404).send(errorBody(told))
  })
  await app.register(swagger, {
    openapi: describeDoors({ info: { title: 'Sluice gateway', version: VERSION }, openapi: '3.1.0' }),
    transform: jsonSchemaTransform,
  })
  await register(app)
  await app.ready()
  return { app, handle: (request, response) => handle(request, response) }
}

/** LiteLLM's management error body. */
export function errorBody(error: SluiceError) {
  return {
    error: {
      message: error.message,
      type: error.type,
      param: error.param ?? null,
      code: String(error.status),
    },
  }
}

/** Fastify's and zod's refusals in our words; a stranger's error never leaves the house. */
function asClientError(error: unknown, request: FastifyRequest): SluiceError {
  if (error instanceof SluiceError) return error
  const { validation, statusCode, message } = error as {
    validation?: readonly { instancePath?: string; message?: string }[]
    statusCode?: number
    message?: string
  }
  if (validation) {
    const first = validation[0]
    const param = first?.instancePath?.replace(/^\//, '').replaceAll('/', '.') ?? ''
    return createError({
      kind: 'bad_request',
      message: `${param || 'request'}: ${first?.message ?? 'is not valid'}.`,
      param: param || undefined,
    })
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return createError({
      kind: statusCode === 413 ? 'too_large' : 'bad_request',
      message: message ?? 'The request is not valid.',
      status: statusCode,
    })
  request.log.error({ err: error }, 'unexpected error')
  return createError({
    kind: 'internal',
    message: 'An internal error occurred. Quote the request id when you report it.',
    cause: error,
  })
}
