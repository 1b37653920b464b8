import type { Cases } from './cases.ts'

const query = 'otters in Bern'

export const searchCases: Cases<'search'> = {
  'a question': { query },
  'several questions': { query: ['otters in Bern', 'beavers in Basel'] },
  'every parameter': {
    ...{ query, max_results: 5, search_domain_filter: ['example.com', 'example.org'] },
    ...{ max_tokens_per_page: 512, country: 'CH' },
  },
  'domains to leave out': { query, search_domain_filter: ['-example.com'] },
  'domains to keep and to leave out': { query, search_domain_filter: ['example.org', '-example.com'] },
  'more than there are': { query, max_results: 500 },
  'a country in small letters': { query, country: 'ch' },
  'beyond ASCII': { query: 'Grüezi & "世界" 👋🏽?' },
  'null everywhere': {
    ...{ query, max_results: null, search_domain_filter: null, max_tokens_per_page: null, country: null },
  },
  'unknown fields': { query, colour: 'red', nested: { depth: 2 } },
}
