/** Where spend rows go besides the database. */
export type SpendSinkSettings = ClickHouseSinkSettings | ParquetSinkSettings

interface SinkSettings {
  /** Unique. */
  readonly name: string
  /** Milliseconds between looks at the journal. */
  readonly flushMs: number
  readonly batchRows: number
}

export interface ClickHouseSinkSettings extends SinkSettings {
  readonly type: 'clickhouse'
  /** `https://host:8443`. */
  readonly url: string
  readonly database: string
  readonly table: string
  readonly user: string | undefined
  readonly password: string | undefined
  readonly createTable: boolean
}

export interface ParquetSinkSettings extends SinkSettings {
  readonly type: 'parquet'
  readonly directory: string
  /** In place of the directory. */
  readonly s3: S3Settings | undefined
}

export interface S3Settings {
  readonly bucket: string
  readonly region: string
  /** Of something else that speaks S3's protocol. */
  readonly endpoint: string | undefined
  /** Empty, or ends in a slash. */
  readonly prefix: string
  readonly keys: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken: string | undefined
  }
}
