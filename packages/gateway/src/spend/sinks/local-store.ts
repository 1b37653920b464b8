import { mkdir, open, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { FileStore } from './parquet-sink.ts'

/** Files in a directory, whole or not there: written beside, synced, renamed. */
export function localStore(directory: string): FileStore {
  return {
    async put(name, bytes) {
      const path = join(directory, name)
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      const file = await open(`${path}.new`, 'w', 0o600)
      try {
        await file.writeFile(bytes)
        await file.datasync()
      } finally {
        await file.close()
      }
      await rename(`${path}.new`, path)
    },
  }
}
