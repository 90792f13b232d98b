// The portal at a port of its own, built anew for each request: `npm start`.
import { context } from 'esbuild'

const port = Number(process.env.PORT ?? 5173)
const bundle = await context({ entryPoints: ['src/main.jsx'], bundle: true, jsx: 'automatic', outfile: 'public/portal.js', write: false })
await bundle.serve({ host: '127.0.0.1', port, servedir: 'public', fallback: 'public/index.html' })
console.log(`http://127.0.0.1:${port}/acme/`)
