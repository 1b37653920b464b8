import type { Connection } from '../connection.ts'
import type { JobLeases } from '../database.ts'

/** Leases of jobs, in the table `job_leases`; whose clock is ahead may take one sooner. */
export function createJobLeases(connection: Connection): JobLeases {
  return {
    take: (name, holder, now, endsAt) =>
      connection.run(async database => {
        const taken = await database
          .insertInto('job_leases')
          .values({ name, holder, ends_at: endsAt })
          .onConflict(conflict =>
            conflict
              .column('name')
              .doUpdateSet({ holder, ends_at: endsAt })
              .where(build =>
                build.or([build('job_leases.ends_at', '<=', now), build('job_leases.holder', '=', holder)]),
              ),
          )
          .returning('holder')
          .executeTakeFirst()
        return taken?.holder === holder
      }),
  }
}
