import type { Replies } from './replies.ts'

const said = {
  asked: { query: 'Where do otters live?', documents: ['Rivers.', 'Deserts.'], return_documents: true },
}
const tokens = { total_tokens: 12 }

export const rerankReplies: Replies = {
  rerank: {
    from: 'https://docs.cohere.com/reference/rerank and each vendor’s reference, 2026-01',
    replies: {
      Cohere: {
        body: {
          results: [
            { index: 1, relevance_score: 0.2 },
            { index: 0, relevance_score: 0.9 },
          ],
          ...{ id: '07734bd2', meta: { api_version: { version: '2' }, billed_units: { search_units: 1 } } },
        },
        ...{ provider: 'azure_ai', ...said },
      },
      'only the best were asked for': {
        body: {
          id: 'a',
          results: [
            { index: 0, relevance_score: 0.9 },
            { index: 1, relevance_score: 0.2 },
          ],
        },
        ...{ provider: 'hosted_vllm', asked: { ...said.asked, top_n: 1 } },
      },
      'Vertex AI': {
        body: {
          records: [
            { id: '1', score: 0.98 },
            { id: '0', score: 0.64 },
          ],
        },
        ...said,
      },
      'Hugging Face': {
        body: [
          { index: 1, score: 0.99, text: 'Deserts.' },
          { index: 0, score: 0.1 },
        ],
        provider: 'huggingface',
        ...said,
      },
      watsonx: {
        body: {
          ...{ model_id: 'cross-encoder/ms-marco-minilm-l-12-v2', created_at: '2024-02-21T17:32:28Z' },
          ...{
            results: [
              { index: 1, score: 0.74 },
              { index: 0, score: 0.1 },
            ],
            input_token_count: 20,
          },
        },
        ...{ provider: 'watsonx', ...said },
      },
      Voyage: {
        body: {
          object: 'list',
          data: [{ relevance_score: 0.43, index: 0 }],
          model: 'rerank-2.5',
          usage: tokens,
        },
        ...{ provider: 'voyage', ...said },
      },
      Jina: {
        body: {
          ...{ model: 'jina-reranker-v2-base-multilingual', usage: tokens },
          results: [{ index: 0, relevance_score: 0.8, document: { text: 'Rivers.' } }],
        },
        ...{ provider: 'jina_ai', ...said },
      },
      DashScope: {
        body: {
          output: { results: [{ document: { text: 'Rivers.' }, index: 0, relevance_score: 0.93 }] },
          ...{ usage: { total_tokens: 79 }, request_id: '85ba5752' },
        },
        ...{ provider: 'dashscope', ...said },
      },
      DeepInfra: {
        body: { scores: [0.1, 0.99], input_tokens: 42, request_id: null, inference_status: { cost: 0.0001 } },
        ...{ provider: 'deepinfra', ...said },
      },
      NVIDIA: {
        body: {
          rankings: [
            { index: 0, logit: 4.2 },
            { index: 1, logit: -7.3 },
          ],
          usage: { prompt_tokens: 20, total_tokens: 20 },
        },
        ...{ provider: 'nvidia_nim', ...said },
      },
      Together: {
        body: {
          ...{
            object: 'rerank',
            id: '9dfa1a09',
            model: 'Salesforce/Llama-Rank-V1',
            usage: { prompt_tokens: 9, completion_tokens: 0, ...tokens },
          },
          results: [{ index: 0, relevance_score: 0.29, document: { text: '{"title":"Otters"}' } }],
        },
        ...{ provider: 'together_ai', ...said },
      },
      vLLM: {
        body: {
          ...{ id: 'rerank-1', model: 'bge', usage: tokens },
          results: [{ index: 0, document: { text: 'Rivers.' }, relevance_score: 0.9 }],
        },
        provider: 'hosted_vllm',
      },
      Infinity: {
        body: {
          object: 'rerank',
          id: 'i',
          results: [{ relevance_score: 0.9, index: 0, document: 'Rivers.' }],
          usage: tokens,
        },
        ...{ provider: 'infinity', ...said },
      },
      'no results': { body: { message: 'too many tokens' }, provider: 'azure_ai' },
    },
  },
  'bedrock-rerank': {
    from: 'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Rerank.html, 2026-01',
    replies: {
      ranked: {
        body: {
          results: [
            { index: 0, relevanceScore: 0.9 },
            { index: 1, relevanceScore: 0.1 },
          ],
          nextToken: null,
        },
        ...said,
      },
      'no results': { body: {} },
    },
  },
}

const hit = { title: 'Otters in Bern', url: 'https://example.com/otters' }
const engine = { title: hit.title, link: hit.url, snippet: 'They live by the Aare.', position: 1 }

export const searchReplies: Replies = {
  'perplexity-search': {
    from: 'https://docs.perplexity.ai/api-reference/search-post, 2026-01',
    replies: {
      found: {
        body: {
          id: 'e38104d5',
          results: [
            { ...hit, snippet: 'They live by the Aare.', date: '2025-03-20', last_updated: '2025-09-19' },
          ],
        },
      },
      nothing: { body: { id: 'e38104d6', results: [] } },
    },
  },
  'brave-search': {
    from: 'https://api-dashboard.search.brave.com/app/documentation/web-search/responses, 2026-01',
    replies: {
      found: {
        body: {
          ...{ type: 'search', query: { original: 'otters' } },
          web: {
            type: 'search',
            results: [
              {
                ...hit,
                description: 'They live by the <strong>Aare</strong>.',
                age: '2 days ago',
                page_age: '2026-01-02T00:00:00',
              },
            ],
          },
        },
      },
      nothing: { body: { type: 'search', query: { original: 'otters' } } },
    },
  },
  'dataforseo-search': {
    from: 'https://docs.dataforseo.com/v3/serp/google/organic/live/advanced/, 2026-01',
    replies: {
      found: {
        body: {
          ...{ status_code: 20000, cost: 0.002 },
          tasks: [
            {
              ...{ status_code: 20000, status_message: 'Ok.' },
              result: [
                {
                  items: [
                    {
                      type: 'organic',
                      rank_group: 1,
                      ...hit,
                      description: 'They live by the Aare.',
                      timestamp: '2026-01-02 00:00:00 +00:00',
                    },
                    { type: 'people_also_ask', items: [] },
                  ],
                },
              ],
            },
          ],
        },
      },
      'a task that failed': {
        body: {
          status_code: 20000,
          tasks: [{ status_code: 40501, status_message: "Invalid Field: 'location_name'.", result: null }],
        },
      },
    },
  },
  'duckduckgo-search': {
    from: 'https://duckduckgo.com/api (Instant Answers), 2025-12',
    replies: {
      found: {
        body: {
          ...{
            Heading: 'Otter',
            AbstractText: 'Otters are mammals.',
            AbstractURL: 'https://en.wikipedia.org/wiki/Otter',
          },
          ...{
            RelatedTopics: [
              { FirstURL: hit.url, Text: 'Otters in Bern - By the Aare.' },
              { Name: 'More', Topics: [{ FirstURL: 'https://example.com/2', Text: 'Two' }] },
            ],
          },
        },
      },
      nothing: { body: { Heading: '', AbstractText: '', AbstractURL: '', RelatedTopics: [], Results: [] } },
    },
  },
  'exa_ai-search': {
    from: 'https://docs.exa.ai/reference/search, 2026-01',
    replies: {
      found: {
        body: {
          ...{ requestId: 'b5947044', resolvedSearchType: 'neural', costDollars: { total: 0.005 } },
          results: [
            {
              ...hit,
              id: hit.url,
              publishedDate: '2023-11-16T01:36:32.547Z',
              author: 'A',
              score: 0.46,
              text: 'They live by the Aare.',
            },
          ],
        },
      },
      nothing: { body: { requestId: 'b', results: [] } },
    },
  },
  'firecrawl-search': {
    from: 'https://docs.firecrawl.dev/api-reference/endpoint/search, 2026-01',
    replies: {
      found: {
        body: {
          success: true,
          data: { web: [{ ...hit, description: 'They live by the Aare.', position: 1 }] },
        },
      },
      failed: { body: { success: false, error: 'Request timed out' } },
    },
  },
  'google_pse-search': {
    from: 'https://developers.google.com/custom-search/v1/reference/rest/v1/Search, 2026-01',
    replies: {
      found: { body: { kind: 'customsearch#search', items: [{ ...engine, displayLink: 'example.com' }] } },
      nothing: { body: { kind: 'customsearch#search', searchInformation: { totalResults: '0' } } },
    },
  },
  'linkup-search': {
    from: 'https://docs.linkup.so/pages/documentation/api-reference/endpoint/post-search, 2026-01',
    replies: {
      found: {
        body: {
          results: [
            { type: 'text', name: hit.title, url: hit.url, content: 'They live by the Aare.', favicon: '' },
          ],
        },
      },
      'a picture too': {
        body: { results: [{ type: 'image', name: 'Otter', url: 'https://example.com/otter.png' }] },
      },
    },
  },
  'parallel_ai-search': {
    from: 'https://docs.parallel.ai/api-reference/search-beta/search, 2026-01',
    replies: {
      found: {
        body: {
          search_id: 's',
          results: [{ ...hit, publish_date: '2026-01-02', excerpts: ['By the Aare.', 'In Bern.'] }],
          warnings: null,
        },
      },
      nothing: { body: { search_id: 's', results: [] } },
    },
  },
  'searchapi-search': {
    from: 'https://www.searchapi.io/docs/google, 2026-01',
    replies: {
      found: {
        body: {
          search_metadata: { status: 'Success' },
          organic_results: [{ ...engine, date: '2 days ago' }],
        },
      },
      nothing: {
        body: { search_metadata: { status: 'Success' }, search_information: { query_displayed: 'x' } },
      },
    },
  },
  'searxng-search': {
    from: 'https://docs.searxng.org/dev/search_api.html, 2026-01',
    replies: {
      found: {
        body: {
          query: 'otters',
          results: [
            {
              ...hit,
              content: 'They live by the Aare.',
              engine: 'google',
              publishedDate: '2026-01-02T00:00:00',
            },
          ],
        },
      },
      nothing: { body: { query: 'otters', results: [], unresponsive_engines: [['google', 'timeout']] } },
    },
  },
  'serper-search': {
    from: 'https://serper.dev/playground, 2026-01',
    replies: {
      found: {
        body: {
          searchParameters: { q: 'otters' },
          organic: [{ ...engine, date: 'Jan 2, 2026' }],
          credits: 1,
        },
      },
      nothing: { body: { searchParameters: { q: 'otters' }, organic: [] } },
    },
  },
  'tavily-search': {
    from: 'https://docs.tavily.com/documentation/api-reference/endpoint/search, 2026-01',
    replies: {
      found: {
        body: {
          query: 'otters',
          answer: null,
          images: [],
          results: [{ ...hit, content: 'They live by the Aare.', score: 0.81, raw_content: null }],
          response_time: 1.67,
        },
      },
      'of the news': {
        body: { results: [{ ...hit, content: 'Now.', published_date: 'Fri, 02 Jan 2026 00:00:00 GMT' }] },
      },
    },
  },
  'you_com-search': {
    from: 'https://documentation.you.com/api-reference/search/v1-search, 2026-01',
    replies: {
      found: {
        body: {
          results: {
            web: [
              {
                ...hit,
                description: 'Otters.',
                snippets: ['They live by the Aare.', 'In Bern.'],
                page_age: '2026-01-02T00:00:00',
              },
            ],
            news: [],
          },
          metadata: { search_uuid: 'u', latency: 0.1 },
        },
      },
      nothing: { body: { results: {}, metadata: {} } },
    },
  },
}
