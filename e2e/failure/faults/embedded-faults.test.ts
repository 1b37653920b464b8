import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { startUpstream } from '@sluice/testkit'
import { afterAll, onTestFinished, test } from 'vitest'
import { eventually } from '../../eventually.ts'
import { type Rig, startRig } from '../../gateway.ts'
import { chat, holdToTable, type Keys } from './ask-all.ts'
import { faultOf } from './fault-table.ts'

const upstream = await startUpstream()
afterAll(() => upstream.close())

/** A gateway on this data directory, a key that it knows, and three that it does not. */
async function startOn(dataDirectory: string): Promise<{ rig: Rig; keys: Keys }> {
  const start = () => startRig({ upstream, dataDirectory })
  const other = await start()
  const fresh = [await other.newKey(), await other.newKey(), await other.newKey()]
  await other.close()
  const rig = await start()
  onTestFinished(() => rig.close())
  const known = await rig.newKey()
  await eventually('it is known', async () => (await chat(rig, known)).status === 200)
  return { rig, keys: { known, fresh } }
}

test('locked by another process', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-faults-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const { rig, keys } = await startOn(folder)
  const other = new DatabaseSync(join(folder, 'sluice.db'), { timeout: 5_000 })
  await holdToTable(rig, faultOf('embedded database', 'locked by another process'), keys, {
    begin: async () => other.exec('begin immediate'),
    end: async () => other.close(),
  })
})

/** A disk of its own, where this machine lets us have one. */
function smallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', folder], { stdio: 'ignore' })
    return folder
  } catch {
    rmSync(folder, { recursive: true })
    return undefined
  }
}

const disk = smallDisk()
afterAll(() => {
  if (disk === undefined) return
  execFileSync('umount', ['--lazy', disk])
  rmSync(disk, { recursive: true })
})

test.skipIf(disk === undefined)('a full disk', async () => {
  const { rig, keys } = await startOn(disk as string)
  const filler = join(disk as string, 'filler')
  await holdToTable(rig, faultOf('embedded database', 'its disk is full'), keys, {
    begin: async () => fill(filler),
    end: async () => rmSync(filler),
  })
})

/** Takes what is left of a disk that others write to meanwhile. */
function fill(path: string): void {
  const file = openSync(path, 'w')
  try {
    for (let bytes = 1 << 20; bytes > 0; bytes >>= 1) while (takes(file, bytes)) continue
  } finally {
    closeSync(file)
  }
}

function takes(file: number, bytes: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(bytes)) === bytes
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    return false
  }
}
