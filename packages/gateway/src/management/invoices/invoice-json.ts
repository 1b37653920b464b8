import type { InvoiceRow } from '../../db/invoices/invoice-store.ts'
import type { DriftRow } from '../../spend/invoices/drift.ts'
import { usdFromNano } from '../../spend/money.ts'
import type { DriftReport } from './invoice-office.ts'

export function invoiceObject(invoice: InvoiceRow) {
  return {
    id: invoice.id,
    source: invoice.source,
    account: invoice.account,
    kind: invoice.kind,
    format: invoice.format,
    file_name: invoice.fileName,
    start_date: invoice.firstDay,
    end_date: invoice.lastDay,
    lines: invoice.lines,
    other_lines: invoice.otherLines,
    names: invoice.names,
    imported_at: new Date(invoice.importedAt).toISOString(),
    imported_by: invoice.importedBy,
  }
}

/** A report in dollars. `difference` is theirs less ours: above 0 they billed more than we recorded. */
export function reportObject({ source, account, from, to, invoices, rows }: DriftReport) {
  return {
    ...{ source, account: account ?? null, start_date: from, end_date: to },
    invoices: invoices.map(invoiceObject),
    totals: totalsOf(rows),
    rows: rows.map(rowObject),
  }
}

function rowObject(row: DriftRow) {
  const { ours, theirCost, theirUsage } = row
  return {
    ...{ date: row.day, model: row.model, match: row.match },
    ...{ our_models: row.ourModels, their_models: row.theirModels },
    our_spend: usdFromNano(ours.spendNanoUsd),
    their_spend: theirCost === undefined ? null : usdFromNano(theirCost),
    ...differenceOf(ours.spendNanoUsd, theirCost),
    unknown_cost_requests: ours.unknownCostRequests,
    our_requests: ours.requests,
    our_failed_requests: ours.failedRequests,
    our_input_tokens: ours.inputTokens,
    our_output_tokens: ours.outputTokens,
    their_requests: theirUsage?.requests ?? null,
    their_input_tokens: theirUsage?.inputTokens ?? null,
    their_output_tokens: theirUsage?.outputTokens ?? null,
    items: row.items.map(({ item, spendNanoUsd }) => ({ item, spend: usdFromNano(spendNanoUsd) })),
  }
}

function differenceOf(ours: number, theirs: number | undefined) {
  if (theirs === undefined) return { difference: null, percent: null }
  return {
    difference: usdFromNano(theirs - ours),
    percent: theirs === 0 ? null : Math.round(((theirs - ours) / theirs) * 10_000) / 100,
  }
}

/** Sums over days that a bill of costs covers. */
function totalsOf(rows: readonly DriftRow[]) {
  const billed = rows.filter(({ theirCost }) => theirCost !== undefined)
  const sum = (of: readonly DriftRow[], amount: (row: DriftRow) => number) =>
    of.reduce((total, row) => total + amount(row), 0)
  const [ours, theirs] = [sum(billed, row => row.ours.spendNanoUsd), sum(billed, row => row.theirCost ?? 0)]
  const alone = (match: DriftRow['match']) => billed.filter(row => row.match === match)
  return {
    our_spend: usdFromNano(ours),
    their_spend: usdFromNano(theirs),
    ...differenceOf(ours, billed.length === 0 ? undefined : theirs),
    unknown_cost_requests: sum(billed, row => row.ours.unknownCostRequests),
    only_ours_spend: usdFromNano(sum(alone('only_ours'), row => row.ours.spendNanoUsd)),
    only_ours_requests: sum(alone('only_ours'), row => row.ours.requests),
    only_theirs_spend: usdFromNano(sum(alone('only_theirs'), row => row.theirCost ?? 0)),
  }
}
