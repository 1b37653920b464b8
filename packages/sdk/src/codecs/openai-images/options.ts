import type { Warning } from '../../types/warning.ts'

/** How a vendor's image endpoints differ from OpenAI's. */
export interface OpenaiImagesOptions {
  /** Models that answer with base64 only and refuse `response_format`. */
  readonly bytesOnly?: (model: string) => boolean
  /** Parameters the vendor takes; all of OpenAI's unless stated. */
  readonly params?: readonly string[]
  /** False where images never come as a stream of events. */
  readonly streams?: false
  /** Last change to the body, for fields that are spelled differently. Gets a copy. */
  readonly adjust?: (body: Record<string, unknown>, warn: (warning: Warning) => void) => void
}

export const GENERATION_PARAMS = [
  'background',
  'moderation',
  'n',
  'output_compression',
  'output_format',
  'partial_images',
  'quality',
  'response_format',
  'size',
  'style',
  'user',
] as const

export const EDIT_PARAMS = [
  'background',
  'input_fidelity',
  'mask',
  'moderation',
  'n',
  'output_compression',
  'output_format',
  'partial_images',
  'quality',
  'response_format',
  'size',
  'user',
] as const

export const VARIATION_PARAMS = ['n', 'response_format', 'size', 'user'] as const

/** The receipt for a URL that was asked for where only bytes come. */
export function warnBytesOnly(warn: (warning: Warning) => void): void {
  warn({
    action: 'approximated',
    param: 'response_format',
    reason: 'this model answers with the bytes of its images; they come as b64_json',
  })
}

/** The request's keys that say something, without nulls, copied. */
export function stated(request: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value != null))
}

/** Leaves `response_format` out for models that have but one, with a receipt when it was the other. */
export function dropResponseFormat(body: Record<string, unknown>, warn: (warning: Warning) => void): void {
  if (body.response_format === undefined) return
  if (body.response_format !== 'b64_json') warnBytesOnly(warn)
  delete body.response_format
}
