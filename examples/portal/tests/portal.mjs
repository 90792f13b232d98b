// What all tests share: a world for each worker, as it was at the start for each test, and a member who is logged in.
import { test as base, expect } from '@playwright/test'
import { Mock } from '../../javascript/mockserver.mjs'

export { expect }

export const ROSALIND = {
  id: 'contact-rosalind', name: 'Rosalind Franklin', first_name: 'Rosalind', last_name: 'Franklin',
  email_address: 'rosalind@example.com', city: 'London', country: 'GB',
}

export const test = base.extend({
  mock: [async ({}, use, info) => use(new Mock(info.config.metadata.mock)), { scope: 'worker' }],
  tenant: [async ({ mock }, use, info) => use(mock.world(`portal-${info.parallelIndex}`)), { scope: 'worker' }],

  /** The worker's world, as at the start, with Rosalind on record. */
  world: async ({ tenant }, use) => {
    await tenant.reset()
    await tenant.plant('contacts', {
      id: ROSALIND.id, name: ROSALIND.name, first_name: ROSALIND.first_name, last_name: ROSALIND.last_name,
      email_address: ROSALIND.email_address, home_address: { city: ROSALIND.city, country: ROSALIND.country },
    })
    await tenant.plant('profiles', ROSALIND)
    await use(tenant)
  },

  /** Opens the portal and logs Rosalind in, by way of the real log-in page. */
  portal: async ({ page, world, mock }, use) => {
    const problems = []
    page.on('pageerror', (error) => problems.push(String(error)))
    const portal = {
      open: (query = '') => page.goto(`/${world.name}/?api=${encodeURIComponent(mock.url)}${query}`),
      async logIn() {
        await portal.open()
        await page.getByRole('button', { name: 'Log in' }).click()
        await page.getByRole('button', { name: 'Rosalind Franklin' }).click()
        await expect(page.locator('header')).toContainText('Rosalind Franklin')
      },
      async apply(program = 'Project Management Certification') {
        await page.getByRole('listitem').filter({ hasText: program }).getByRole('button').click()
        await expect(page.getByRole('heading', { level: 1 })).toContainText('Application')
        return page.url().split('application/')[1]
      },
      card: (name) => page.getByRole('listitem').filter({ hasText: name }),
    }
    await use(portal)
    expect(problems).toEqual([])
  },
})
