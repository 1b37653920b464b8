/** A range of addresses: those that agree with `start` in their first `bits` bits. */
export interface Network {
  readonly family: 4 | 6
  readonly start: bigint
  readonly bits: number
}

interface Address {
  readonly family: 4 | 6
  readonly value: bigint
}

const WIDTH = { 4: 32, 6: 128 } as const
const FOUR = /^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/

/** `10.0.0.1`, `10.0.0.0/8`, `2001:db8::/32`; undefined for anything else. */
export function readNetwork(text: string): Network | undefined {
  const [host = '', bits, ...more] = text.trim().split('/')
  const address = readAddress(host)
  if (address === undefined || more.length > 0) return undefined
  const width = WIDTH[address.family]
  if (bits !== undefined && (!/^\d{1,3}$/.test(bits) || Number(bits) > width)) return undefined
  return { family: address.family, start: address.value, bits: bits === undefined ? width : Number(bits) }
}

/** True when one of the networks holds the address. An IPv4 address may be written as IPv6 has it (`::ffff:10.0.0.1`). */
export function isWithin(networks: readonly Network[], text: string): boolean {
  const address = readAddress(text)
  if (address === undefined) return false
  return networks.some(({ family, start, bits }) => {
    const rest = BigInt(WIDTH[family] - bits)
    return family === address.family && start >> rest === address.value >> rest
  })
}

function readAddress(text: string): Address | undefined {
  if (FOUR.test(text)) return fourOf(text)
  // Zones are local to a machine: `fe80::1%eth0`.
  const [six = ''] = text.split('%')
  if (!six.includes(':') || !/^[0-9a-f:.]+$/i.test(six) || !URL.canParse(`http://[${six}]`)) return undefined
  const value = sixOf(new URL(`http://[${six}]`).hostname.slice(1, -1))
  const isFour = value >> 32n === 0xffffn
  return isFour ? { family: 4, value: value & 0xffff_ffffn } : { family: 6, value }
}

function fourOf(text: string): Address | undefined {
  const parts = text.split('.').map(Number)
  if (parts.some(part => part > 255)) return undefined
  return { family: 4, value: parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n) }
}

/** From the one form that `URL` gives: hexadecimal groups, at most one `::`. */
function sixOf(text: string): bigint {
  const [head = '', tail] = text.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':'))
  const front = groups(head)
  const back = groups(tail ?? '')
  const middle = tail === undefined ? [] : Array.from({ length: 8 - front.length - back.length }, () => '0')
  return [...front, ...middle, ...back].reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n)
}
