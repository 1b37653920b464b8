import { type ModuleName, readModuleName } from '../load-module.ts'
import { readNetwork } from '../sign-in/network.ts'
import type { ValueType } from './row.ts'
import { refuse, scalar } from './types.ts'

/** A module of the operator: `./plug-ins.mjs`, or an export of it after a `#`. */
export const moduleName: ValueType<ModuleName> = {
  name: 'a JavaScript or TypeScript file, with #export where it is not the default one',
  example: './auth.mjs#check',
  read(node, key, report) {
    const text = node.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined
    const name = text === undefined ? undefined : readModuleName(text, node.place, key)
    return name ?? refuse(moduleName, node, key, report)
  },
}

/** An IP address, or a network as `10.0.0.0/8`. */
export const network = scalar('an IP address or a network', '10.0.0.0/8', node => {
  const value = node.kind === 'scalar' && typeof node.value === 'string' ? node.value.trim() : ''
  return readNetwork(value) === undefined ? undefined : value
})
