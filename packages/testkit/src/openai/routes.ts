import type { Operation, PlainOperation, Route } from '../wire/wire.ts'
import { chat, createdAt } from './chat.ts'
import { completions } from './completions.ts'
import { embeddings } from './embeddings.ts'
import { edits, generations, variations } from './images/images.ts'
import { moderations } from './moderations.ts'
import {
  cancelResponse,
  createResponse,
  deleteResponse,
  responseInputItems,
  retrieveResponse,
} from './responses/responses.ts'
import { speech } from './speech.ts'
import { transcriptions, translations } from './transcriptions.ts'
import { createVideo, deleteVideo, listVideos, remixVideo, retrieveVideo, videoContent } from './videos.ts'

const modelNames = ['gpt-4o', 'gpt-4o-mini', 'gpt-5', 'o3', 'text-embedding-3-small', 'bench']

/** `GET /v1/models` and `GET /v1/models/{id}`. */
export const models: PlainOperation = {
  kind: 'plain',
  reply(_body, route) {
    const entry = (id: string) => ({ id, object: 'model', created: createdAt, owned_by: 'testkit' })
    return route.model === undefined ? { object: 'list', data: modelNames.map(entry) } : entry(route.model)
  },
}

const fixed = new Map<string, Operation>([
  ['POST /chat/completions', chat],
  ['POST /completions', completions],
  ['POST /embeddings', embeddings],
  ['POST /moderations', moderations],
  ['POST /images/generations', generations],
  ['POST /images/edits', edits],
  ['POST /images/variations', variations],
  ['POST /audio/speech', speech],
  ['POST /audio/transcriptions', transcriptions],
  ['POST /audio/translations', translations],
  ['POST /responses', createResponse],
  ['POST /videos', createVideo],
  ['GET /videos', listVideos],
  ['GET /models', models],
])

/** With an id in the path: `method family` and what follows the id. */
const byId = new Map<string, Operation>([
  ['GET responses', retrieveResponse],
  ['DELETE responses', deleteResponse],
  ['POST responses cancel', cancelResponse],
  ['GET responses input_items', responseInputItems],
  ['GET videos', retrieveVideo],
  ['DELETE videos', deleteVideo],
  ['GET videos content', videoContent],
  ['POST videos remix', remixVideo],
])

/** The routes below a base path: `/v1` at OpenAI, `/openai/v1` at Azure. */
export function openaiRoute(method: string, path: string): Route | undefined {
  const operation = fixed.get(`${method} ${path}`)
  if (operation) return { operation, framing: 'sse' }
  const [, family, id, ...rest] = path.split('/')
  if (!family || !id) return undefined
  if (method === 'GET' && family === 'models') {
    return { operation: models, model: decodeURIComponent([id, ...rest].join('/')), framing: 'sse' }
  }
  const found = byId.get([method, family, ...rest].join(' '))
  return found && { operation: found, params: { id: decodeURIComponent(id) } }
}
