import type { Cases } from './cases.ts'

const query = 'Where do otters live?'
const documents = ['Otters live by rivers.', 'Camels live in deserts.']
const pages = [
  { title: 'Otters', text: 'They live by rivers.', year: 2024 },
  { title: 'Camels', text: 'They live in deserts.' },
]

export const rerankCases: Cases<'rerank'> = {
  texts: { query, documents },
  'every parameter': {
    ...{ query, documents, top_n: 1, return_documents: true, rank_fields: ['text'] },
    ...{ max_chunks_per_doc: 5, max_tokens_per_doc: 512 },
  },
  'objects with texts': { query, documents: pages },
  'some fields of objects': { query, documents: pages, rank_fields: ['title', 'text'] },
  'objects without texts': { query, documents: [{ name: 'Otters', where: ['rivers'] }, { name: 'Camels' }] },
  'texts and objects': { query, documents: ['Otters live by rivers.', { text: 'Camels live in deserts.' }] },
  'documents in the answer': { query, documents, return_documents: true },
  'no documents': { query, documents: [] },
  'beyond ASCII': { query: 'Grüezi, 世界?', documents: ['👋🏽', '\u2028'] },
  'null everywhere': {
    ...{ query, documents, top_n: null, return_documents: null, rank_fields: null },
    ...{ max_chunks_per_doc: null, max_tokens_per_doc: null },
  },
  'unknown fields': { query, documents, truncation: false, nested: { depth: 2 } },
}
