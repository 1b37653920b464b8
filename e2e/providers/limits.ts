/** What a deployment cannot do by its vendor's own interface; the longest beginning of its name counts. */
export interface Limits {
  /** Why it has no tools. */
  readonly tools?: string
  /** Why it sees no images. */
  readonly images?: string
}

const prompts = { tools: 'it goes on with one text', images: 'it goes on with one text' }
const agents = { tools: 'an agent has its own tools' }

export const LIMITS: Readonly<Record<string, Limits>> = {
  a2a: agents,
  aleph_alpha: prompts,
  anthropic_text: prompts,
  'azure_ai/agents': { ...agents, images: 'messages of a thread are texts' },
  'bedrock/invoke/amazon.titan': prompts,
  'bedrock/invoke/meta': prompts,
  gigachat: { images: 'images must be in its own storage' },
  langflow: { ...agents, images: 'the input of a flow is a text' },
  langgraph: agents,
  manus: agents,
  nlp_cloud: prompts,
  perplexity: { tools: 'the models search, and call nothing' },
  petals: prompts,
  pydantic_ai_agents: agents,
  replicate: { tools: 'a prediction has inputs and no tools' },
  sagemaker: prompts,
  triton: prompts,
}

export function limitsOf(name: string): Limits {
  const known = Object.keys(LIMITS).filter(
    key => name === key || name.startsWith(`${key}/`) || (key.includes('/') && name.startsWith(key)),
  )
  const longest = known.toSorted((a, b) => b.length - a.length)[0]
  return (longest !== undefined && LIMITS[longest]) || {}
}
