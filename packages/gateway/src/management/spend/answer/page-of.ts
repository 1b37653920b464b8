import type { FastifyReply } from 'fastify'
import { badRequest } from 'sluice/internal'
import { z } from 'zod'
import type { SpendDimension, SpendSumsQuery } from '../../../db/spend/reading/read-sums.ts'
import type { SpendReports } from '../../../db/spend/spend-reports.ts'

const DEFAULT_SIZE = 100
/** Names of a report without pages that has to know all of them before its first line. */
const MOST_NAMES = 20_000

/** A report that is asked for in pages: of so many teams, customers, keys …, the dearest first. */
export const pages = {
  page: z.coerce.number().int().min(1).max(1_000_000).optional(),
  page_size: z.coerce.number().int().min(1).max(1_000).optional(),
}

export interface PageAsked {
  readonly page?: number | undefined
  readonly page_size?: number | undefined
}

export function isPaged({ page, page_size: size }: PageAsked): boolean {
  return page !== undefined || size !== undefined
}

/** The names of one page, the dearest first; headers say how many there are. */
export async function namesOfPage(
  reports: Pick<SpendReports, 'sums' | 'count'>,
  query: Omit<SpendSumsQuery, 'by'>,
  of: SpendDimension,
  { page = 1, page_size: size = DEFAULT_SIZE }: PageAsked,
  reply: FastifyReply,
): Promise<readonly string[]> {
  const dearest = {
    ...query,
    by: [of],
    only: ['spendNanoUsd'],
    top: size,
    offset: (page - 1) * size,
  } as const
  const [sums, total] = await Promise.all([reports.sums(dearest), reports.count(query, of)])
  void reply.header('x-total-count', String(total))
  void reply.header('x-total-pages', String(Math.ceil(total / size)))
  return sums.map(each => each[of])
}

/** All names, the dearest first. Throws `BadRequestError` where they are more than one answer may be of. */
export async function allNames(
  reports: Pick<SpendReports, 'sums'>,
  query: Omit<SpendSumsQuery, 'by'>,
  of: SpendDimension,
): Promise<readonly string[]> {
  const sums = await reports.sums({ ...query, by: [of], only: ['spendNanoUsd'], top: MOST_NAMES + 1 })
  if (sums.length > MOST_NAMES)
    throw badRequest(
      `page: there are more than ${MOST_NAMES} to report. Ask for pages (page=1&page_size=1000), or for format=csv.`,
      'page',
    )
  return sums.map(each => each[of])
}
