/** Cohere's `input_type` → Google's `taskType`. Source: https://ai.google.dev/api/embeddings#v1beta.TaskType */
export const EMBEDDING_TASKS: ReadonlyMap<unknown, string> = new Map([
  ['search_document', 'RETRIEVAL_DOCUMENT'],
  ['search_query', 'RETRIEVAL_QUERY'],
  ['classification', 'CLASSIFICATION'],
  ['clustering', 'CLUSTERING'],
])
