import { type Section, works } from './row.ts'
import { amount, flag, seconds, whole } from './types.ts'

/** Our own: streams that a client may continue after it lost its connection. */
export const resumableStreams = {
  name: 'general_settings.resumable_streams',
  doc: 'Streams that a client may continue after it lost its connection (`x-sluice-resumable: true`). Our own.',
  rows: {
    enabled: works(flag, 'Whether there are such streams.', 'resume.enabled'),
    grace_seconds: works(
      seconds,
      'Seconds an answer is read on after its client has gone.',
      'resume.graceMs',
    ),
    ttl_seconds: works(seconds, 'Seconds a finished stream can be read again.', 'resume.ttlMs'),
    max_stream_size_mb: works(
      amount,
      'Megabytes kept of one stream: its newest events.',
      'resume.maxStreamBytes',
    ),
    max_size_mb: works(
      amount,
      'Megabytes kept of all; the oldest finished streams go first.',
      'resume.maxBytes',
    ),
    max_streams: works(whole(1), 'Streams kept, finished ones included.', 'resume.maxStreams'),
    max_streams_per_key: works(
      whole(1),
      'Streams under way that one key may have.',
      'resume.maxStreamsPerKey',
    ),
  },
} as const satisfies Section
