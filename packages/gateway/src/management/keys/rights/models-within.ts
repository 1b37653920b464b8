import { mayUseModel } from '../../../auth/authorize-model.ts'
import { modelLayers } from '../../../auth/model-layers.ts'
import { NO_ALIASES } from '../../../auth/models/caller-aliases.ts'
import { isAbove, refused, type Wish } from './wish.ts'

/** A key's models stay within those its maker may call, and within what they were. */
export function modelsWithin({ caller, before, after, names }: Wish): void {
  const layers = before === undefined ? caller.modelLayers : [...caller.modelLayers, ...ownLayer(before)]
  if (layers.length === 0) return
  const isWhole = ownLayer(after).length === 0
  const ownLists = layers.filter(({ of }) => of === 'key')
  // What lies above the key holds for every key of its owner anyway; an own list holds for this key alone.
  if (isWhole && ownLists.length > 0)
    throw refused(
      'models',
      `must not be empty, which allows all; must stay within ${listed(ownLists[0]?.models)}`,
    )
  if (isWhole) return
  const bound = { ...caller, modelLayers: layers, ...NO_ALIASES }
  const beyond = after.models.find(model => !mayUseModel(bound, model, names))
  if (beyond !== undefined)
    throw refused('models', `'${beyond}' goes beyond ${listed(layers.flatMap(({ models }) => models))}`)
}

/**
 * An alias is called by its own name, so what it stands for must be allowed to the key by everybody above it: an alias
 * must not lead past a list of models.
 */
export function aliasesWithin({ caller, reach, before, after, holders, names }: Wish): void {
  const layers = [
    ...modelLayers({ ...after, models: [] }, holders),
    ...(isAbove(reach) ? [] : caller.modelLayers),
  ]
  const bound = { ...caller, modelLayers: layers, ...NO_ALIASES }
  for (const [name, target] of Object.entries(after.aliases)) {
    if (before?.aliases[name] === target || mayUseModel(bound, target, names)) continue
    throw refused(`aliases.${name}`, `'${target}' is a model you may not give`)
  }
}

function ownLayer(row: Wish['after']) {
  return modelLayers(row, {}).filter(({ of }) => of === 'key')
}

function listed(models: readonly string[] = []): string {
  return `[${models.map(model => `'${model}'`).join(', ')}]`
}
