import { expect, ROSALIND, test } from './portal.mjs'

const CERTIFICATION = {
  id: 'cert-rosalind', contact_id: ROSALIND.id, name: ROSALIND.name, number: 4711, program_id: 'prog-pmc', status: 'active',
  certification_date: '2024-06-01', expiration_date: '2026-05-31', email_address: ROSALIND.email_address,
}

test('a new member has nothing yet', async ({ portal, page }) => {
  await portal.logIn()
  await expect(page.getByText('None yet.')).toHaveCount(2)
})

test('what she holds is shown with program, number and date', async ({ portal, world }) => {
  await world.plant('certifications', CERTIFICATION)
  await portal.logIn()
  await expect(portal.card('No. 4711')).toContainText('Project Management Certification')
  await expect(portal.card('No. 4711')).toContainText('active No. 4711, until 2026-05-31')
})

test('what the office suspends is seen after a reload', async ({ portal, page, world }) => {
  await world.plant('certifications', CERTIFICATION)
  await portal.logIn()
  await world.call('PATCH', 'certifications/cert-rosalind', [{ op: 'replace', path: '/status', value: 'suspended' }])
  await page.reload()
  await expect(portal.card('No. 4711')).toContainText('suspended')
})

test('a notice that the office sends is mailed, and listed', async ({ portal, world }) => {
  await world.plant('certifications', CERTIFICATION)
  await world.call('POST', 'certifications/sendNotice/notice-renewal/cert-rosalind')
  await portal.logIn()
  await expect(portal.card('No. 4711')).toContainText('✉ Time to renew')
  const [mail] = (await world.outbox()).slice(-1)
  expect(mail.to).toBe(ROSALIND.email_address)
  expect(mail.body).toContain('certification 4711 runs out on 2026-05-31')
})

test('programs that are closed are not offered', async ({ portal, page }) => {
  await portal.logIn()
  await expect(page.getByRole('heading', { name: 'Quality Assurance Lead' })).toBeVisible()
  await expect(page.getByText('Computer-Aided Draughting')).toHaveCount(0)
})

test('a busy office is asked again, when it says', async ({ portal, page, world }) => {
  await world.fault({ operation: 'listPrograms', status: 429, retry_after: 1, times: 2 })
  await portal.logIn()
  await expect(page.getByRole('heading', { name: 'Quality Assurance Lead' })).toBeVisible()
  await world.verify({ operation: 'listPrograms', status: 429, times: 2 })
  await world.verify({ operation: 'listPrograms', status: 200 })
})

test('a slow office is waited for', async ({ portal, page, world }) => {
  await world.fault({ operation: 'listPrograms', delay: 1.5, times: 1 })
  await portal.logIn()
  await expect(page.getByText('One moment…')).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Quality Assurance Lead' })).toBeVisible()
})

test('an office that fails is told in its own words', async ({ portal, page, world }) => {
  await world.fault({ operation: 'listPrograms', status: 500, message: 'The archive is on fire.', times: 1 })
  await portal.logIn()
  await expect(page.getByRole('alert')).toHaveText('The archive is on fire.')
})

test('an office that hangs up cannot be reached', async ({ portal, page, world }) => {
  await world.fault({ operation: 'listCertificationsByContactId', damage: 'drop', times: null })
  await portal.logIn()
  await expect(page.getByRole('alert')).toHaveText('The office cannot be reached.')
})
