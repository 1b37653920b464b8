import { lookup as resolve } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/**
 * Addresses that no stranger's URL may reach: this machine, its networks, cloud metadata, and everything that is not
 * routed globally. Source: https://www.iana.org/assignments/iana-ipv4-special-registry
 */
const PRIVATE = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15'],
  ...['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4', '168.63.129.16/32'],
  ...['::/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '2001::/23', '2001:db8::/32', '2002::/16'],
  ...['fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
]

const blocked = new BlockList()
for (const range of PRIVATE) {
  const [address = '', prefix] = range.split('/')
  blocked.addSubnet(address, Number(prefix), address.includes(':') ? 'ipv6' : 'ipv4')
}

/** True for an IP address of the open internet. IPv4 inside IPv6 is judged as IPv4. */
export function isPublicAddress(address: string): boolean {
  return !blocked.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/** The name led, or the URL itself points, to an address that is not public. */
export class PrivateAddressError extends Error {
  constructor(host: string) {
    super(`"${host}" is not an address of the open internet`)
  }
}

/**
 * A DNS look-up for sockets that refuses a name as soon as one of its addresses is private: the address that was
 * checked is the one that is connected to, so a second answer of the name server changes nothing.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    const first = addresses?.[0]
    if (error || first === undefined) return callback(error ?? new Error(`no address for "${hostname}"`), '')
    if (addresses.some(({ address }) => !isPublicAddress(address)))
      return callback(new PrivateAddressError(hostname), '')
    if (options.all) return callback(null, addresses)
    return callback(null, first.address, first.family)
  })
}
