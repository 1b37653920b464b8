import { describe, expect, test } from 'vitest'
import { matches, parseFilter } from './filter.ts'

const ANN = {
  id: 'ann',
  userName: 'Ann@acme.com',
  active: true,
  name: { givenName: 'Ann', familyName: 'Lee' },
  emails: [
    { value: 'ann@acme.com', type: 'work', primary: true },
    { value: 'ann@home.org', type: 'home' },
  ],
  age: 7,
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { department: 'Research' },
}

describe('filters of SCIM', () => {
  test.each([
    ['userName eq "ann@ACME.com"', true],
    ['USERNAME EQ "ann@acme.com"', true],
    ['userName ne "ann@acme.com"', false],
    ['userName sw "ann" and userName ew ".com"', true],
    ['userName co "evil"', false],
    ['name.familyName eq "Lee"', true],
    ['emails.value eq "ann@home.org"', true],
    ['emails co "home"', true],
    ['emails[type eq "work" and value co "@acme"]', true],
    ['emails[type eq "work" and value co "@home"]', false],
    ['active eq true', true],
    ['active eq False', false],
    ['title pr', false],
    ['name pr and not (active eq false)', true],
    ['userName eq "x" or userName eq "y" or active eq true', true],
    ['userName eq "x" or active eq true and id eq "bob"', false],
    ['(userName eq "x" or active eq true) and id eq "ann"', true],
    ['age gt 6 and age le 7', true],
    ['age lt 7', false],
    ['userName eq "a \\"quoted\\" ) or ( text"', false],
    ['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "research"', true],
  ])('%s: %s', (filter, expected) => {
    expect(matches(parseFilter(filter), ANN)).toBe(expected)
  })

  test.each([
    '',
    'userName',
    'userName eq',
    'userName eq ann',
    'userName is "ann"',
    'userName eq "ann',
    'userName eq "ann" or',
    '(userName eq "ann"',
    'userName eq "ann")',
    'emails[type eq "work"',
    '"userName" eq "ann"',
    'userName eq {"a":1}',
    'userName eq "a" userName eq "b"',
    `${'('.repeat(1_000)}active pr${')'.repeat(1_000)}`,
    `userName eq "${'x'.repeat(5_000)}"`,
  ])('what is no filter is refused: %s', filter => {
    expect(() => parseFilter(filter)).toThrow(
      expect.objectContaining({ status: 400, code: 'invalidFilter' }) as Error,
    )
  })
})
