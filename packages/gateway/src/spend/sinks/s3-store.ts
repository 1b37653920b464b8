import { createError, signAws } from 'sluice/internal'
import type { S3Settings } from '../../config/settings.ts'
import type { FileStore } from './parquet-sink.ts'
import type { SendBytes } from './spend-sink.ts'

const MOST_ERROR_CHARACTERS = 300

/** Objects in S3, or in whatever speaks its protocol at `endpoint` (R2, MinIO, GCS with HMAC keys). */
export function s3Store(settings: S3Settings, send: SendBytes): FileStore {
  const { bucket, region, endpoint, prefix } = settings
  const base =
    endpoint === undefined
      ? `https://${bucket}.s3.${region}.amazonaws.com`
      : `${endpoint.replace(/\/$/, '')}/${bucket}`
  return {
    async put(name, bytes) {
      const path = `${prefix}${name}`.split('/').map(encodeURIComponent).join('/')
      const headers: Record<string, string> = { 'content-type': 'application/vnd.apache.parquet' }
      const body = Buffer.from(bytes)
      const request = { method: 'PUT', url: `${base}/${path}`, headers, body }
      await signAws(request, settings.keys, { service: 's3', region, now: Date.now() })
      const response = await send(request.url, { method: 'PUT', headers, body })
      if (response.ok) return
      const text = response.text.slice(0, MOST_ERROR_CHARACTERS)
      throw createError({ kind: 'unavailable', message: `S3 answered ${response.status}: ${text}` })
    },
  }
}
