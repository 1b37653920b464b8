import { badRequest } from '../../errors.ts'
import type { Provider } from '../provider.ts'

/**
 * LiteLLM's pseudo-provider `auto_router/<name>`: no vendor but a choice among groups, which is made before a provider
 * is called. A call that comes here was not routed, and is told so.
 */
export const autoRouter: Provider = {
  name: 'auto_router',
  title: 'Auto router',
  docs: 'https://docs.litellm.ai/docs/proxy/auto_routing',
  baseUrl: 'auto-router:',
  credentials: { env: [], required: false, sign() {} },
  endpoints: {},
  answer(_endpoint, _request, { model }) {
    throw badRequest(
      `model: "auto_router/${model}" chooses among other groups, and nothing is set up to choose. Call one of the ` +
        'groups by name, or give this group deployments of its own and a routing_strategy.',
      'model',
    )
  },
}
