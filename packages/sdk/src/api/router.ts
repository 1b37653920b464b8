import { stampRecord } from '../callbacks/records.ts'
import type { DeploymentReport } from '../router/deployment-report.ts'
import type { MirrorHost } from '../router/mirror/mirror-host.ts'
import type { Newswire } from '../router/news/newswire.ts'
import { RouteTable, type RoutingSettings } from '../router/router.ts'
import type { WeightChanges } from '../router/weights/live-weights.ts'
import type { WeightReport } from '../router/weights/weight-report.ts'
import type { CallRecord } from '../types/call-record.ts'
import { completion } from './calls/completion.ts'
import { embedding } from './calls/embedding.ts'
import { imageEdit, imageGeneration, imageVariation } from './calls/image.ts'
import { messages } from './calls/messages.ts'
import { moderation } from './calls/moderation.ts'
import { ocr } from './calls/ocr.ts'
import { rerank } from './calls/rerank.ts'
import { search } from './calls/search.ts'
import { speech } from './calls/speech.ts'
import { textCompletion } from './calls/text-completion.ts'
import { transcription, translation } from './calls/transcription.ts'
import {
  videoContent,
  videoDelete,
  videoGeneration,
  videoList,
  videoRemix,
  videoStatus,
} from './calls/video.ts'
import { catalogue, sdkHost } from './host.ts'
import { deploymentOf, type ModelListEntry } from './model-list.ts'
import { DIRECT, type Routed, type RunOptions } from './run.ts'

export type { ModelListEntry } from './model-list.ts'

export interface RouterOptions extends Partial<RoutingSettings> {
  readonly modelList: readonly ModelListEntry[]
  /** Lets the routers of several processes rest, spend and stay in sessions together; each hears what others tell. */
  readonly news?: Newswire | undefined
  /** Told of every copy that was sent to a `silent_model`, when it is over: usage, cost, error, `metadata.mirror_of`. */
  readonly onMirrored?: ((record: CallRecord) => void) | undefined
}

const ROUTED: RoutingSettings = { ...DIRECT, allowedFails: 3, cooldownMs: 5_000, disableCooldowns: false }

/**
 * Many deployments behind few names: balances, retries, cools down and falls back.
 *
 * @example
 * const router = new Router({ modelList: [{ model_name: 'fast', litellm_params: { model: 'groq/llama-3.3-70b-versatile' } }] })
 * const reply = await router.completion({ model: 'fast', messages: [{ role: 'user', content: 'Hi' }] })
 */
export class Router implements Routed {
  /** What chooses, retries and falls back. */
  readonly routes: RouteTable

  /** As the functions of these names, over this router's deployments. */
  readonly completion = over(this, completion)
  readonly textCompletion = over(this, textCompletion)
  readonly messages = over(this, messages)
  readonly embedding = over(this, embedding)
  readonly rerank = over(this, rerank)
  readonly moderation = over(this, moderation)
  readonly speech = over(this, speech)
  readonly transcription = over(this, transcription)
  readonly translation = over(this, translation)
  readonly imageGeneration = over(this, imageGeneration)
  readonly imageEdit = over(this, imageEdit)
  readonly imageVariation = over(this, imageVariation)
  readonly videoGeneration = over(this, videoGeneration)
  readonly videoStatus = over(this, videoStatus)
  readonly videoContent = over(this, videoContent)
  readonly videoRemix = over(this, videoRemix)
  readonly videoDelete = over(this, videoDelete)
  readonly videoList = over(this, videoList)
  readonly ocr = over(this, ocr)
  readonly search = over(this, search)

  constructor({ modelList, onMirrored, news, ...settings }: RouterOptions) {
    const host = { ...sdkHost(), news, mirror: mirrorHost(onMirrored) }
    this.routes = new RouteTable(modelList.map(deploymentOf), { ...ROUTED, ...settings }, host)
  }

  /** Names that may be asked for. */
  modelNames(): string[] {
    return this.routes.groups.names()
  }

  /**
   * Sets weights by deployment id, from the next call on; `null` goes back to the deployment's own. Only strategies that
   * draw by weight go by them, but 0 takes a deployment out under every one. Throws `BadRequestError` naming the weight.
   */
  setWeights(weights: WeightChanges): void {
    this.routes.setWeights(weights)
  }

  /** How every deployment weighs in its group right now. */
  weights(): WeightReport[] {
    return this.routes.weightReports()
  }

  /** What is known of every deployment right now: who rests and why, calls under way, this minute's use. */
  state(): DeploymentReport[] {
    return this.routes.state()
  }
}

/** Usage and cost go into the record of a copy as they do into a call's. */
function mirrorHost(onMirrored: RouterOptions['onMirrored']): MirrorHost {
  return {
    ended(record, meter, promptTokens) {
      stampRecord(record, meter, catalogue, { promptTokens: meter?.usage ? 0 : promptTokens() })
      onMirrored?.(record)
    },
    fault: error => process.emitWarning(`onMirrored failed: ${String(error)}.`, 'SluiceWarning'),
  }
}

/** The same function with the router among its options. */
function over<Call extends (request: never, options?: RunOptions) => unknown>(
  router: Routed,
  call: Call,
): Call {
  const routed = (request: never, options?: RunOptions) => call(request, { ...options, router })
  return routed as Call
}
