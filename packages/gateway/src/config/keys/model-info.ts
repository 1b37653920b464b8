import { windowOfDay } from './access-windows.ts'
import { pricing, pricingPatterns } from './pricing.ts'
import { accepted, type Section, works } from './row.ts'
import { amount, anything, flag, list, object, positiveSeconds, text, whole } from './types.ts'

const info = (doc: string) => works(anything, doc, 'deployment.modelInfo')

/** What is known about a deployment's model; all of it is echoed by `/model/info`. */
export const modelInfo = {
  name: 'model_list[].model_info',
  doc: 'Facts about a deployment. A key that is not listed is kept and echoed by `/model/info`.',
  open: true,
  patterns: [
    ...pricingPatterns,
    {
      shown: '`supports_*`',
      matches: key => key.startsWith('supports_'),
      row: works(flag, 'Says whether the model can do it; replaces the catalogue.', 'deployment.modelInfo'),
    },
  ],
  rows: {
    id: works(text, 'Deployment id; without it a hash of name and parameters.', 'deployment.id'),
    db_model: info('True when the model came from the database.'),
    base_model: works(text, 'Name in the price catalogue.', 'deployment.baseModel'),
    mode: works(text, 'Kind of work: chat, embedding, rerank and so on.', 'deployment.modelInfo'),
    tier: accepted(text, 'Tier for the old tier filter: free or paid.'),
    team_id: works(text, 'Team whose keys alone reach the deployment.', 'deployment.modelInfo'),
    team_public_model_name: works(
      text,
      'Name by which that team alone calls it; of several groups with one such name the first is meant.',
      'deployment.modelInfo',
    ),
    access_groups: works(
      list(text),
      'Access groups the model belongs to: a list of models may name them.',
      'deployment.modelInfo',
    ),
    supported_environments: works(
      list(text),
      'Load only when LITELLM_ENVIRONMENT is in the list.',
      'deployments',
    ),
    max_tokens: works(whole(), 'Most tokens; replaces the catalogue.', 'deployment.modelInfo'),
    max_input_tokens: works(whole(), 'Most input tokens; replaces the catalogue.', 'deployment.modelInfo'),
    max_output_tokens: works(whole(), 'Most output tokens; replaces the catalogue.', 'deployment.modelInfo'),
    litellm_provider: info("The provider's name in the catalogue."),
    health_check_model: works(text, 'Model that a health check of a wildcard asks.', 'deployment.modelInfo'),
    health_check_timeout: works(
      positiveSeconds,
      'Seconds a health check may take; 60 unless stated.',
      'deployment.modelInfo',
    ),
    health_check_max_tokens: works(
      whole(1),
      'Tokens a health check asks for; 5 unless stated, 64 of a model that reasons.',
      'deployment.modelInfo',
    ),
    health_check_max_tokens_reasoning: works(
      whole(1),
      'The same, where the model is known to reason.',
      'deployment.modelInfo',
    ),
    health_check_max_tokens_non_reasoning: works(
      whole(1),
      'The same, where it is not.',
      'deployment.modelInfo',
    ),
    health_check_voice: works(text, 'Voice that a health check of speech asks for.', 'deployment.modelInfo'),
    disable_background_health_check: works(
      flag,
      'Leave it out of background checks.',
      'deployment.modelInfo',
    ),
    blocked: works(flag, 'The deployment takes no calls.', 'deployment.modelInfo'),
    discoverable: accepted(flag, 'Show it in lists.'),
    access_windows: works(
      list(windowOfDay),
      'Times of the day at which only some teams may use it.',
      'deployment.accessWindows',
    ),
    ptu_count: accepted(amount, 'Provisioned throughput units.'),
    cost_per_ptu_per_hour: accepted(amount, 'Price of one unit per hour.'),
    ptu_effective_from: accepted(text, 'Start of the provisioned time.'),
    ptu_effective_to: accepted(text, 'End of the provisioned time.'),
    custom_tokenizer: accepted(object, 'Tokenizer for counting.'),
    created_at: info('When it was made.'),
    created_by: info('Who made it.'),
    updated_at: info('When it was changed.'),
    updated_by: info('Who changed it.'),
    ...pricing,
  },
} as const satisfies Section
