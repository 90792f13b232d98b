import { defineConfig } from '@playwright/test'

const MOCK = process.env.MOCK ?? 'http://127.0.0.1:8090'
const PORTAL = `http://127.0.0.1:${process.env.PORT ?? 5173}`

export default defineConfig({
  testDir: 'tests',
  fullyParallel: true,
  workers: 4,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: process.env.CI ? 'line' : 'list',
  use: {
    baseURL: PORTAL,
    screenshot: 'only-on-failure',
    // The browser of your system, when there is one to use; else that of `npx playwright install chromium`.
    launchOptions: { executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] },
  },
  webServer: [
    { command: 'npm start', url: PORTAL, reuseExistingServer: true },
    ...(process.env.MOCK
      ? []
      : [{ command: 'mockserver serve --port 8090 --quiet', url: `${MOCK}/__mock__/health`, reuseExistingServer: true, timeout: 60_000 }]),
  ],
  metadata: { mock: MOCK },
})
