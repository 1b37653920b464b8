import type { UploadedFile } from '../../../../../types/wire-body.ts'

/** The signature of a PNG file, which is all that codecs look at. */
const PNG = 'iVBORw0KGgo='

/** A picture, as every case has it and as every address is taken to hold. */
export const PICTURE_URI = `data:image/png;base64,${PNG}`
export const PICTURE_URL = 'https://example.com/cat.png'
export const PDF_URI = 'data:application/pdf;base64,JVBERi0xLjQK'
export const PDF_URL = 'https://example.com/report.pdf'

export function picture(filename = 'cat.png'): UploadedFile {
  return { filename, contentType: 'image/png', bytes: Buffer.from(PNG, 'base64') }
}

export function pdf(): UploadedFile {
  return { filename: 'report.pdf', contentType: 'application/pdf', bytes: Buffer.from('%PDF-1.4\n') }
}

/** The head of a recording, which is all that codecs look at. */
export function recording(filename = 'hello.wav', contentType = 'audio/wav'): UploadedFile {
  return { filename, contentType, bytes: Buffer.from('RIFF$\0\0\0WAVEfmt ') }
}
