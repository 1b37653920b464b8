import type { InvoiceFormat, InvoiceSource } from '../invoice-format.ts'
import { anthropicFormats } from './anthropic.ts'
import { awsFormats } from './aws.ts'
import { azureFormats } from './azure.ts'
import { googleFormats } from './google.ts'
import { openaiFormats } from './openai.ts'

/** Every export that can be read; the first whose shape fits reads the file. */
export const INVOICE_FORMATS: readonly InvoiceFormat[] = [
  ...openaiFormats,
  ...anthropicFormats,
  ...awsFormats,
  ...googleFormats,
  ...azureFormats,
]

/** Whose calls are on whose bill: our providers by source. */
export const BILLED_PROVIDERS: Readonly<Record<InvoiceSource, readonly string[]>> = {
  openai: ['openai', 'text-completion-openai', 'custom_openai', 'chatgpt'],
  anthropic: ['anthropic', 'anthropic_text'],
  aws: ['bedrock', 'bedrock_converse', 'bedrock_mantle', 'sagemaker', 'sagemaker_chat'],
  google: ['vertex_ai', 'vertex_ai_beta', 'gemini'],
  azure: ['azure', 'azure_text', 'azure_ai'],
}
