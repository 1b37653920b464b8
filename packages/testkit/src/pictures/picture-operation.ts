import { asText } from '../json.ts'
import { mediaUrl } from '../media/wire.ts'
import type { WireCall } from '../wire/call.ts'
import { upload } from '../wire/form.ts'
import type { CallOperation } from '../wire/wire.ts'

/** A picture in a form. */
export const picture = upload()

export function operation(answer: CallOperation['answer'], takes?: CallOperation['takes']): CallOperation {
  return { kind: 'call', answer, ...(takes && { takes }) }
}

/** An address of an image of the prompt, on this upstream. */
export function imageUrl({ head }: WireCall, prompt: unknown): string {
  return mediaUrl(head, asText(prompt) || 'image', 'png')
}
