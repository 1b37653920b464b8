import { expect, test } from 'vitest'
import { WireForm } from '../types/wire-body.ts'
import { formObject } from './form-object.ts'

const file = { filename: 'a.png', contentType: 'image/png', bytes: Buffer.from('x') }

test('fields become what they would be in JSON', () => {
  const form = new WireForm([
    ['model', 'm'],
    ['n', '2'],
    ['stream', 'True'],
    ['image[]', file],
    ['words', 'a'],
    ['words', 'b'],
    ['once', 'c'],
    ['chunking', '{"type":"auto"}'],
    ['chunking_word', 'auto'],
    ['constructor', 'x'],
  ])
  const kinds = { numbers: ['n'], flags: ['stream'], lists: ['once'], json: ['chunking', 'chunking_word'] }
  expect(formObject(form, kinds)).toEqual({
    model: 'm',
    n: 2,
    stream: true,
    image: [file],
    words: ['a', 'b'],
    once: ['c'],
    chunking: { type: 'auto' },
    chunking_word: 'auto',
    constructor: 'x',
  })
})

test('__proto__ is a field like any other', () => {
  const read = formObject(new WireForm([['__proto__', 'x']]))
  expect(Object.getPrototypeOf(read)).toBe(Object.prototype)
  expect(Object.keys(read)).toEqual(['__proto__'])
})

test.each([
  [{ numbers: ['n'] }, /^n: must be a number, got "two"/],
  [{ flags: ['n'] }, /^n: must be true or false, got "two"/],
])('a field that is not of its kind is named', (kinds, message) => {
  expect(() => formObject(new WireForm([['n', 'two']]), kinds)).toThrow(message)
})
