import { bedrock } from './bedrock.ts'
import type { Provider } from './provider.ts'

/** Everything that AWS and Amazon serve. */
export const amazonProviders: readonly Provider[] = [bedrock]
