import { objectOf } from './read-section.ts'
import { type Section, works } from './row.ts'
import { choice, flag, positiveSeconds, secret, text, url, whole } from './types.ts'

const to = 'spend.sinks'

const s3 = {
  name: 'spend_sinks[].s3',
  doc: 'Files go to a bucket of S3, or of something else that speaks its protocol.',
  rows: {
    bucket: works(text, 'The bucket.', to, { required: true }),
    region: works(text, 'Its region; us-east-1 unless stated.', to),
    endpoint: works(url, "Address of R2, MinIO and the like; S3's own unless stated.", to),
    prefix: works(text, 'Before the names of files.', to),
    access_key_id: works(text, 'AWS_ACCESS_KEY_ID unless stated.', to),
    secret_access_key: works(secret, 'AWS_SECRET_ACCESS_KEY unless stated.', to),
    session_token: works(secret, 'AWS_SESSION_TOKEN unless stated.', to),
  },
} as const satisfies Section

/** Somewhere that gets every spend row besides the database. */
export const spendSink = {
  name: 'spend_sinks[]',
  doc: 'Where spend rows go besides the database. Read at the start; a reload changes none of it.',
  rows: {
    type: works(choice('parquet', 'clickhouse'), 'Parquet files, or rows in ClickHouse.', to, {
      required: true,
    }),
    name: works(text, 'Its place in the journal is kept under it; the type unless stated.', to),
    flush_seconds: works(positiveSeconds, 'Between batches; 5 for ClickHouse, 300 for Parquet.', to),
    batch_rows: works(whole(1, 100_000), 'Rows of a batch at most; 20000.', to),
    url: works(url, 'ClickHouse: its HTTP address.', to),
    database: works(text, 'ClickHouse: `default` unless stated.', to),
    table: works(text, 'ClickHouse: `sluice_spend_logs` unless stated.', to),
    user: works(text, 'ClickHouse: who inserts.', to),
    password: works(secret, 'ClickHouse: their password.', to),
    create_table: works(flag, 'ClickHouse: make the table if it is not there; true unless stated.', to),
    directory: works(text, 'Parquet: a directory for the files; `spend-parquet` in the data directory.', to),
    s3: works(objectOf(s3), 'Parquet: a bucket for the files, in place of the directory.', to),
  },
} as const satisfies Section
