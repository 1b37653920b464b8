import { z } from 'zod'

/** Query fields of a list by page; `size`: how many unless asked for. */
export function pageFields(size: number) {
  return {
    page: z.coerce.number().int().min(1, 'must be 1 or more').max(1_000_000).default(1),
    page_size: z.coerce
      .number()
      .int()
      .min(1, 'must be 1 or more')
      .max(100, 'must not exceed 100')
      .default(size),
  }
}

/** What LiteLLM says of a page beside its rows. */
export function pageAnswer(total: number, { page, page_size: size }: { page: number; page_size: number }) {
  return { total, page, page_size: size, total_pages: Math.ceil(total / size) }
}
