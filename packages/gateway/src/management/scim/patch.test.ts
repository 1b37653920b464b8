import { describe, expect, test } from 'vitest'
import { type PatchOperation, patched } from './patch.ts'

const ANN = {
  userName: 'ann',
  name: { givenName: 'Ann' },
  emails: [{ value: 'a@acme.com', type: 'work' }],
  active: true,
}
const run = (...operations: PatchOperation[]) => patched(ANN, operations)

describe('changes of resources', () => {
  test('by attribute, by a part of one, by extension and without a path, in any case', () => {
    expect(run({ op: 'replace', path: 'Active', value: false }).active).toBe(false)
    expect(run({ op: 'add', path: 'name.familyName', value: 'Lee' }).name).toEqual({
      givenName: 'Ann',
      familyName: 'Lee',
    })
    expect(run({ op: 'replace', value: { active: false, 'name.givenName': 'Anna' } })).toMatchObject({
      active: false,
      name: { givenName: 'Anna' },
    })
    const urn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
    expect(run({ op: 'add', path: `${urn}:department`, value: 'Research' })[urn]).toEqual({
      department: 'Research',
    })
    expect(run({ op: 'remove', path: 'name' })).not.toHaveProperty('name')
  })

  test('members of lists, by filter or by value, once each', () => {
    expect(run({ op: 'replace', path: 'emails[type eq "work"].value', value: 'b@acme.com' }).emails).toEqual([
      { value: 'b@acme.com', type: 'work' },
    ])
    expect(run({ op: 'add', path: 'emails[type eq "home"].value', value: 'h@acme.com' }).emails).toEqual([
      { value: 'a@acme.com', type: 'work' },
      { type: 'home', value: 'h@acme.com' },
    ])
    const members = { members: [{ value: 'ann' }, { value: 'bob' }] }
    const more: PatchOperation = { op: 'add', path: 'members', value: [{ value: 'bob' }, { value: 'cy' }] }
    expect(patched(members, [more])['members']).toEqual([{ value: 'ann' }, { value: 'bob' }, { value: 'cy' }])
    for (const less of [
      { op: 'remove', path: 'members[value eq "ann"]' },
      { op: 'remove', path: 'members', value: [{ value: 'ann' }] },
    ] as const)
      expect(patched(members, [less])['members']).toEqual([{ value: 'bob' }])
    expect(patched(members, [{ op: 'remove', path: 'members' }])).not.toHaveProperty('members')
  })

  test.each([
    '__proto__.polluted',
    'constructor.prototype',
    'name.__proto__',
    'a b',
    'a[b',
    '',
    'a.b.c.d',
    'emails[type eq "work"]x',
  ])('a path that is none is refused and touches nothing else: %s', path => {
    expect(() => run({ op: 'add', path, value: { polluted: true } })).toThrow(
      expect.objectContaining({ status: 400 }) as Error,
    )
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  test('a removal of nothing says so', () => {
    expect(() => run({ op: 'remove' })).toThrow(expect.objectContaining({ code: 'noTarget' }) as Error)
    expect(() => run({ op: 'remove', path: 'emails[type eq "home"].value' })).toThrow(
      expect.objectContaining({ code: 'noTarget' }) as Error,
    )
  })
})
