// Scalar's mock server for one document: node scalar_mock.mjs FILE PORT
import { readFile } from 'node:fs/promises'
import { serve } from '@hono/node-server'
import { createMockServer } from '@scalar/mock-server'

const [file, port] = process.argv.slice(2)
const app = await createMockServer({ document: await readFile(file, 'utf8') })
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(port) })
