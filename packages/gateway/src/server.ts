import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Gateway } from './gateway.ts'
import { findDoor } from './http/doors.ts'
import { boundedFetch } from './http/fetch-json.ts'
import { handleInference } from './http/inference.ts'
import { registerCapabilitiesRoute } from './http/office/capabilities-route.ts'
import { registerDocumentRoutes } from './http/office/document-routes.ts'
import { registerHealthCheckRoutes, registerHealthRoutes } from './http/office/health-routes.ts'
import { registerMetricsRoute } from './http/office/metrics-route.ts'
import { registerModelRoutes } from './http/office/models-routes.ts'
import { createOffice } from './http/office/office.ts'
import { OpenCalls } from './http/open-calls.ts'
import { splitTarget } from './http/split-target.ts'
import { registerAccessGroupRoutes } from './management/access-groups/access-group-routes.ts'
import { registerAuditRoutes } from './management/audit/audit-routes.ts'
import { registerBudgetRoutes } from './management/budgets/budget-routes.ts'
import { registerProviderBudgetRoute } from './management/budgets/provider-budgets.ts'
import { registerCredentialRoutes } from './management/credentials/credential-routes.ts'
import { registerCustomerRoutes } from './management/customers/customer-routes.ts'
import { registerFeedbackRoutes } from './management/feedback.ts'
import { registerInvoiceRoutes } from './management/invoices/invoice-routes.ts'
import { registerKeyRoutes } from './management/keys/key-routes.ts'
import { registerOrganizationRoutes } from './management/organizations/organizations.ts'
import { registerPriceRoutes } from './management/prices/price-routes.ts'
import { registerProjectRoutes } from './management/projects/projects.ts'
import { protectRoutes } from './management/protect-routes.ts'
import { registerRouterStateRoute } from './management/router-state.ts'
import { registerScimRoutes } from './management/scim/scim-routes.ts'
import { configuredUserDefaults } from './management/sign-in/configured-user-defaults.ts'
import { registerSignInRoutes } from './management/sign-in/sign-in-routes.ts'
import { registerSpendRoutes } from './management/spend/spend-routes.ts'
import { registerTagRoutes } from './management/tags/tag-routes.ts'
import { registerTeamRoutes } from './management/teams/teams.ts'
import { registerUserRoutes } from './management/users/user-routes.ts'

import { registerWeightRoutes } from './management/weights.ts'

const HEAD_TIMEOUT_MS = 60_000
const CHECK_MS = 5_000
/** How often a closing server looks for connections that have become idle. */
const SWEEP_MS = 50

export interface RunningServer {
  readonly url: string
  /** Stops accepting, lets calls end for up to the configured drain time, then closes everything. */
  close(): Promise<void>
}

/** Listens: inference goes straight to the staircase, everything else to the office, on one port. */
export async function startServer(gateway: Gateway): Promise<RunningServer> {
  const { server: settings } = gateway.stages().settings
  const server = createServer({
    keepAliveTimeout: 75_000,
    headersTimeout: Math.min(HEAD_TIMEOUT_MS, settings.requestTimeoutMs),
    requestTimeout: settings.requestTimeoutMs,
    // Node looks for late requests this often; its own 30 s would make a short timeout a lie.
    connectionsCheckingInterval: Math.min(CHECK_MS, settings.requestTimeoutMs / 4),
    maxHeaderSize: 64 * 1024,
    noDelay: true,
  })
  const office = await createOffice(server, settings.maxRequestBytes, app => registerRoutes(app, gateway))
  const calls = new OpenCalls()
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { path, query } = splitTarget(request.url ?? '/')
    const door = findDoor(request.method, path)
    if (door)
      calls.track(handleInference(request, response, door, path, query, gateway.stages(), gateway.streams))
    else office.handle(request, response)
  })
  await listen(server, settings.host, settings.port)
  const { port } = server.address() as AddressInfo
  return { url: `http://${settings.host}:${port}`, close: () => shutDown(server, calls, gateway) }
}

async function registerRoutes(app: FastifyInstance, gateway: Gateway): Promise<void> {
  const { stages, health, metricSources } = gateway
  const { requireMetricsAuth } = stages().settings.server
  const services = { ...gateway, settings: () => stages().settings, now: Date.now, randomBytes }
  registerDocumentRoutes(app)
  registerHealthRoutes(app, stages, health)
  if (!requireMetricsAuth) registerMetricsRoute(app, metricSources)
  await app.register(async scope => {
    protectRoutes(scope, services)
    registerModelRoutes(scope, stages)
    registerCapabilitiesRoute(scope, stages)
    registerHealthCheckRoutes(scope, stages, gateway)
    if (requireMetricsAuth) registerMetricsRoute(scope, metricSources)
  })
  await registerKeyRoutes(app, services)
  await registerTeamRoutes(app, services)
  await registerOrganizationRoutes(app, services)
  await registerProjectRoutes(app, services)
  await registerSignInRoutes(app, { ...services, boundedFetch })
  await registerScimRoutes(app, {
    ...services,
    userDefaults: () => configuredUserDefaults(stages().settings),
  })
  await registerSpendRoutes(app, services)
  await registerPriceRoutes(app, { ...services, stages })
  await registerAuditRoutes(app, services)
  await registerInvoiceRoutes(app, services)
  await registerFeedbackRoutes(app, services)
  await registerRouterStateRoute(app, services, stages)
  await registerWeightRoutes(app, { ...services, routes: () => stages().routes })
  await registerProviderBudgetRoute(app, { ...services, routes: () => stages().routes })
  await registerBudgetRoutes(app, services)
  await registerCustomerRoutes(app, { ...services, routes: () => stages().routes })
  await registerUserRoutes(app, {
    ...services,
    userDefaults: () => configuredUserDefaults(stages().settings),
  })
  await registerTagRoutes(app, { ...services, routes: () => stages().routes })
  await registerCredentialRoutes(app, { ...services, routes: () => stages().routes })
  await registerAccessGroupRoutes(app, { ...services, routes: () => stages().routes })
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, backlog: 4096 }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

async function shutDown(server: Server, calls: OpenCalls, gateway: Gateway): Promise<void> {
  gateway.drain()
  const { drainMs } = gateway.stages().settings.server
  const closeAt = performance.now() + drainMs
  const closed = new Promise<void>(resolve => server.close(() => resolve()))
  server.closeIdleConnections()
  // Node closes those that are idle now; those that become idle when their last call ends are ours to close.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS)
  const timer = setTimeout(() => {
    gateway.streams.close()
    server.closeAllConnections()
  }, drainMs)
  await closed
  clearInterval(sweep)
  // A connection that was cut ends its call a moment later, and an answer may be awaited without one; the books stay
  // open for both.
  await calls.ended()
  clearTimeout(timer)
  await gateway.close(Math.max(0, closeAt - performance.now()))
}
