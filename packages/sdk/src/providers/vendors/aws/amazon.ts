import type { Provider } from '../../provider.ts'
import { bedrock } from './bedrock.ts'
import { bedrockMantle } from './bedrock-mantle.ts'
import { sagemaker, sagemakerChatProvider, sagemakerNova } from './sagemaker.ts'

/** What AWS serves. */
export const amazonProviders: readonly Provider[] = [
  bedrock,
  bedrockMantle,
  sagemaker,
  sagemakerChatProvider,
  sagemakerNova,
]
