import { createError } from 'sluice/internal'
import { expect, test } from 'vitest'
import { doorPaths } from '../http/doors.ts'
import { failureEvent } from './failure-event.ts'

/** Every codec that serves streams as events of text; Converse's are binary messages. */
const codecs = new Set(
  doorPaths()
    .map(({ door }) => door.codec)
    .filter(({ inbound, format }) => inbound?.encodeStream && format !== 'bedrock-converse'),
)

test.each([...codecs].map(codec => ({ format: codec.format, codec })))(
  'a broken stream of $format ends with an event that says so',
  ({ codec }) => {
    const error = createError({ kind: 'truncated', message: 'the rest of it is lost' })
    expect(failureEvent(codec, error, 'call-1')).toMatch(/^(event: .+\n)?data: .*the rest of it is lost/)
  },
)
