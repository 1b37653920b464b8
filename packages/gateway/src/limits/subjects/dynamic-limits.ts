import type { LimitSubject } from '../limiter.ts'

/** Never reached, and counted all the same. */
export const UNREACHED = Number.MAX_SAFE_INTEGER

const relaxed = new WeakMap<LimitSubject, LimitSubject>()

/**
 * Subjects whose rates are `dynamic` refuse only while deployments of the model fail; the very array where none is so.
 */
export function unstrained(
  subjects: readonly LimitSubject[],
  isStrained: () => boolean,
): readonly LimitSubject[] {
  if (!subjects.some(isDynamic) || isStrained()) return subjects
  return subjects.map(subject => (isDynamic(subject) ? relaxedOf(subject) : subject))
}

function isDynamic({ isRpmDynamic, isTpmDynamic }: LimitSubject): boolean {
  return isRpmDynamic === true || isTpmDynamic === true
}

function relaxedOf(subject: LimitSubject): LimitSubject {
  let found = relaxed.get(subject)
  if (found !== undefined) return found
  const { isRpmDynamic, isTpmDynamic } = subject
  const lift = (limit: number | undefined) => (limit === undefined ? undefined : UNREACHED)
  found = Object.freeze<LimitSubject>({
    ...subject,
    ...(isRpmDynamic === true && { rpm: lift(subject.rpm) }),
    ...(isTpmDynamic === true && {
      tpm: lift(subject.tpm),
      inputTpm: lift(subject.inputTpm),
      outputTpm: lift(subject.outputTpm),
    }),
  })
  relaxed.set(subject, found)
  return found
}
