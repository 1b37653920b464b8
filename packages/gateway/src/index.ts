/** The gateway as a library: open it, serve it, close it. */
export { loadConfig } from './config/load-config.ts'
export type { Settings } from './config/settings.ts'
export { type Gateway, openGateway } from './gateway.ts'
export { type RunningServer, startServer } from './server.ts'
