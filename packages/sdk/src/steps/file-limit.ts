import { isUploadedFile } from '../codecs/form-object.ts'
import { createError } from '../errors.ts'
import type { Deployment } from '../types/deployment.ts'
import type { JsonObject } from '../types/json.ts'

/** Throws `RequestTooLargeError` for a file beyond what the deployment takes (`max_file_size_mb`). */
export function checkFileSizes(
  request: JsonObject,
  { maxFileBytes }: Pick<Deployment, 'maxFileBytes'>,
): void {
  if (maxFileBytes === undefined) return
  for (const key in request) {
    const value = request[key]
    for (const file of Array.isArray(value) ? (value as unknown[]) : [value])
      if (isUploadedFile(file) && file.bytes.length > maxFileBytes)
        throw createError({
          kind: 'too_large',
          message: `${key}: the file "${file.filename}" has ${file.bytes.length} bytes; this model takes ${maxFileBytes} (max_file_size_mb). Send a smaller file.`,
          param: key,
        })
  }
}
