#!/usr/bin/env node
// The first file a user's Node runs: small and old-fashioned, so that an old Node reaches the message below.
import module from 'node:module'

if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(
    `sluice needs Node 24 or newer, and this is ${process.version}: install one from https://nodejs.org`,
  )
  process.exit(1)
}

module.enableCompileCache()
await import('./main.js')
// Node writes the cache only on a clean exit, which a container that is killed never has.
setTimeout(() => module.flushCompileCache(), 5_000).unref()
