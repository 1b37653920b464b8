/** Google's client, pointed at the gateway. */
import { GoogleGenAI } from '@google/genai'

const client = new GoogleGenAI({
  apiKey: process.env['SLUICE_KEY'] ?? '',
  httpOptions: { baseUrl: process.env['SLUICE_URL'] ?? 'http://127.0.0.1:4000' },
})
const reply = await client.models.generateContent({
  model: process.argv[2] ?? 'sluice-echo',
  contents: 'Say hello.',
})
console.log(reply.text)
