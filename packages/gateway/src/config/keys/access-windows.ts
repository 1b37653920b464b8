import { TIME_OF_DAY } from 'sluice/internal'
import { objectOf } from './read-section.ts'
import { type Section, type Values, type ValueType, works } from './row.ts'
import { list, refuse, scalar, text, timeZone } from './types.ts'

const timeOfDay = scalar('a time of day from 00:00 to 23:59', '"22:00"', node =>
  node.kind === 'scalar' && typeof node.value === 'string' && TIME_OF_DAY.test(node.value)
    ? node.value
    : undefined,
)

const texts = list(text)
const someTexts: ValueType<readonly string[]> = {
  ...texts,
  name: 'a list of at least one',
  read(node, key, report) {
    const found = texts.read(node, key, report)
    return found?.length === 0 ? refuse(someTexts, node, key, report) : found
  },
}

/** A time of the day at which a deployment is reserved. */
export const accessWindow = {
  name: 'model_list[].model_info.access_windows[]',
  doc: 'A time of the day, every day, at which only these teams may use the deployment. At other times everybody may.',
  rows: {
    start: works(timeOfDay, 'Its beginning.', 'deployment.accessWindows', { required: true }),
    end: works(
      timeOfDay,
      'Its end, which does not belong to it; before `start`: on the next day.',
      'deployment.accessWindows',
      {
        required: true,
      },
    ),
    timezone: works(timeZone, 'Whose clocks count; UTC unless stated.', 'deployment.accessWindows'),
    team_ids: works(someTexts, 'Teams that may use it then.', 'deployment.accessWindows', { required: true }),
  },
} as const satisfies Section

const inside = objectOf(accessWindow)

/** A window whose end is not its beginning. */
export const windowOfDay: ValueType<Values<typeof accessWindow.rows>> = {
  ...inside,
  example: '{ start: "22:00", end: "06:00", team_ids: [night] }',
  read(node, key, report) {
    const found = inside.read(node, key, report)
    if (found?.start === undefined || found.start !== found.end) return found
    report.problem(
      node.place,
      `${key}.end`,
      'must not be the same as start',
      'Leave the window out, or move its end.',
    )
    return undefined
  },
}
