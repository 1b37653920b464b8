import { mayUseModel, type OtherNames } from '../authorize-model.ts'
import type { Caller } from '../caller.ts'

/** Of a caller's teams the first that has the model; the first of all when none does, which then says why. */
export function chooseTeam(caller: Caller, model: string, names: OtherNames): Caller {
  if (caller.otherTeams === undefined || mayUseModel(caller, model, names)) return caller
  return caller.otherTeams.find(other => mayUseModel(other, model, names)) ?? caller
}
