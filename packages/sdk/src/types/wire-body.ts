/** A body that is not JSON: audio, an image, plain text. */
export class WireBytes {
  readonly bytes: Buffer
  /** Its media type, parameters included. */
  readonly contentType: string

  constructor(bytes: Buffer, contentType: string) {
    this.bytes = bytes
    this.contentType = contentType
  }
}

/** A file as a client uploaded it, or as a multipart body carries it. */
export interface UploadedFile {
  readonly filename: string
  readonly contentType: string
  readonly bytes: Buffer
}

export type FormField = readonly [name: string, value: string | UploadedFile]

/** A `multipart/form-data` body. Fields keep their order; a name may repeat. */
export class WireForm {
  readonly fields: readonly FormField[]

  constructor(fields: readonly FormField[]) {
    this.fields = fields
  }
}
