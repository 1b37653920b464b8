import { expect, test } from 'vitest'
import { isWithin, type Network, readNetwork } from './network.ts'

const networks = (...texts: string[]) => texts.map(text => readNetwork(text) as Network)

test.each([
  ['10.0.0.0/8', '10.200.3.4', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['10.0.0.1', '10.0.0.1', true],
  ['10.0.0.1', '10.0.0.10', false],
  ['10.0.0.1', '::ffff:10.0.0.1', true],
  ['0.0.0.0/0', '203.0.113.9', true],
  ['0.0.0.0/0', '2001:db8::1', false],
  ['2001:db8::/32', '2001:db8:1::2', true],
  ['2001:db8::/32', '2001:db9::1', false],
  ['::1', '0:0:0:0:0:0:0:1', true],
  ['fe80::/10', 'fe80::1%eth0', true],
  ['10.0.0.0/8', 'not an address', false],
  ['10.0.0.0/8', '10.0.0.1, 1.2.3.4', false],
])('%s and %s: %s', (network, address, expected) => {
  expect(isWithin(networks(network), address)).toBe(expected)
})

test.each(['', '10.0.0', '10.0.0.256', '10.0.0.01', '10.0.0.0/33', '10.0.0.0/8/8', '10.*', 'host', '::/129'])(
  '"%s" is no network',
  text => {
    expect(readNetwork(text)).toBeUndefined()
  },
)
