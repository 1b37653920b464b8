import { badRequest } from '../../errors.ts'
import type { JsonObject } from '../../types/json.ts'

/** The model a client means: by the path, by the body, or OpenAI's own default. */
export function modelOf(body: JsonObject, fromPath: string | undefined, otherwise: string): string {
  const model = fromPath ?? body.model ?? otherwise
  if (typeof model !== 'string' || model === '')
    throw badRequest('model: must be a non-empty string naming a model.', 'model')
  return model
}

/** Throws `BadRequestError` unless the request describes an image. */
export function checkPrompt({ prompt }: JsonObject): void {
  if (typeof prompt !== 'string' || prompt.trim() === '')
    throw badRequest('prompt: must be a non-empty string that describes the image.', 'prompt')
}

/** Throws `BadRequestError` for counts and sizes that mean nothing. */
export function checkImageParams({
  n,
  size,
  response_format: format,
  partial_images: partial,
}: JsonObject): void {
  if (n != null && !(Number.isInteger(n) && (n as number) >= 1 && (n as number) <= 100))
    throw badRequest('n: must be a whole number from 1 to 100.', 'n')
  if (size != null && typeof size !== 'string')
    throw badRequest('size: must be a string such as "1024x1024" or "auto".', 'size')
  if (format != null && format !== 'url' && format !== 'b64_json')
    throw badRequest('response_format: must be "url" or "b64_json".', 'response_format')
  if (partial != null && !(Number.isInteger(partial) && (partial as number) >= 0 && (partial as number) <= 3))
    throw badRequest('partial_images: must be a whole number from 0 to 3.', 'partial_images')
}
