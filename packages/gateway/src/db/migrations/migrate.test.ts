import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { connectionOf } from '../open-database.ts'
import { eachDatabase } from '../testing/each-database.ts'
import { MIGRATIONS } from './index.ts'

const OPENER = fileURLToPath(new URL('../testing/open-and-close.ts', import.meta.url))

eachDatabase('migrations', makePlace => {
  test('six replicas that start at once migrate once', async () => {
    const place = makePlace()
    const replicas = await Promise.all(Array.from({ length: 6 }, () => place.open()))
    for (const replica of replicas) await replica.ping()
    expect(await appliedSteps(replicas[0])).toEqual(MIGRATIONS.map(({ name }) => name))
  })

  test('three processes that start at once migrate once', async () => {
    const place = makePlace()
    const options = JSON.stringify(place.options)
    const codes = await Promise.all(Array.from({ length: 3 }, () => runProcess(options)))
    expect(codes).toEqual([0, 0, 0])
    expect(await appliedSteps(await place.open())).toEqual(MIGRATIONS.map(({ name }) => name))
  }, 60_000)

  test('a schema step of a newer release is left alone', async () => {
    const place = makePlace()
    const first = await place.open()
    await connectionOf(first).run(database =>
      database.insertInto('schema_migrations').values({ name: '9999-future', applied_at: 1 }).execute(),
    )
    await (await place.open()).facts.write('still', 'working')
    expect(await first.facts.read('still')).toBe('working')
    expect(await first.facts.read('never written')).toBeUndefined()
  })
})

async function appliedSteps(database: Parameters<typeof connectionOf>[0] | undefined) {
  if (database === undefined) throw new Error('no database')
  const rows = await connectionOf(database).run(kysely =>
    kysely.selectFrom('schema_migrations').select('name').orderBy('name').execute(),
  )
  return rows.map(row => row.name)
}

function runProcess(options: string): Promise<number | null> {
  const child = spawn(process.execPath, ['--conditions=@sluice/source', OPENER, options], {
    stdio: 'inherit',
  })
  return new Promise(resolve => child.on('exit', resolve))
}
