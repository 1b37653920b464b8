import type { Filter } from './filter.ts'

/** Keeps a call that names a region (`allowed_model_region`) at deployments that state it: `eu` is `eu-west-1` too. */
export const region: Filter = {
  name: 'region',
  prepare({ region: asked }) {
    if (asked === undefined) return undefined
    const wanted = asked.toLowerCase()
    return ({ deployment }) => {
      const own = deployment.region?.toLowerCase()
      if (own === wanted || own?.startsWith(`${wanted}-`)) return undefined
      return own === undefined ? 'it states no region_name' : `its region is ${own}`
    }
  },
}
