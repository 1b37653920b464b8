import { badRequest } from '../../../errors.ts'
import type { CompatibleRow } from '../../compatible.ts'

/** `chat/<id>/<model>` or `agent/<id>/<model>`; the model's own name may hold slashes. */
function parts(name: string): { readonly door: string; readonly id: string; readonly model: string } {
  const [kind, id, ...model] = name.split('/')
  if ((kind !== 'chat' && kind !== 'agent') || !id || model.length === 0)
    throw badRequest(
      `model: "ragflow/${name}" must be ragflow/chat/<chat id>/<model> or ragflow/agent/<agent id>/<model>.`,
      'model',
    )
  return { door: `${kind}s_openai`, id: encodeURIComponent(id), model: model.join('/') }
}

function path({ deployment }: { readonly deployment: { readonly model: string } }): string {
  const { door, id } = parts(deployment.model)
  return `/api/v1/${door}/${id}/chat/completions`
}

/** Source: https://ragflow.io/docs/http_api_reference#openai-compatible-api */
export const RAGFLOW = {
  title: 'RAGFlow',
  docs: 'https://ragflow.io/docs/http_api_reference#openai-compatible-api',
  baseUrlEnv: ['RAGFLOW_API_BASE'],
  env: ['RAGFLOW_API_KEY'],
  path,
  model: name => parts(name).model,
  chat: { developerRole: false },
} as const satisfies CompatibleRow
