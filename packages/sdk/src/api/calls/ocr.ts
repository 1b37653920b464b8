import type { OcrRequest, OcrResponse } from '../../types/ocr.ts'
import type { WithFacts } from '../result.ts'
import { type RunOptions, run } from '../run.ts'

/**
 * Reads a document into Markdown, page by page.
 *
 * @example
 * const document = { type: 'document_url' as const, document_url: 'https://arxiv.org/pdf/2201.04234' }
 * const { pages } = await ocr({ model: 'mistral/mistral-ocr-latest', document })
 */
export async function ocr(request: OcrRequest, options: RunOptions = {}): Promise<WithFacts<OcrResponse>> {
  return (await run('ocr', request, options, 'mistral-ocr')) as WithFacts<OcrResponse>
}
