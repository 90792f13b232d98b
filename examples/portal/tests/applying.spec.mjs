import { expect, ROSALIND, test } from './portal.mjs'

const office = (world, path, values) =>
  world.call('PATCH', path, Object.entries(values).map(([name, value]) => ({ op: 'add', path: `/${name}`, value })))

test('applying makes one draft, with what is asked for', async ({ portal, page, world }) => {
  await portal.logIn()
  const id = await portal.apply()
  await expect(page.locator('main')).toContainText('draft')
  await expect(page.getByRole('heading', { level: 3 })).toHaveText([
    '○ A word from a colleague', '○ The course on risk', '○ The exam', '○ Twelve credits',
  ])
  await world.verify({ operation: 'generateApplication', times: 1 })
  expect(await world.record('applications', id)).toMatchObject({ contact_id: ROSALIND.id, status: 'draft' })
})

test('a draft is sent in', async ({ portal, page, world }) => {
  await portal.logIn()
  const id = await portal.apply()
  await page.getByRole('button', { name: 'Send it in' }).click()
  await expect(page.locator('main')).toContainText('missing requirements')
  await world.verify({ operation: 'patchApplication', body: [{ path: '/status', value: 'missing requirements' }], times: 1 })
  expect((await world.record('applications', id)).status).toBe('missing requirements')
})

test('a reference without a name is refused, at the field', async ({ portal, world }) => {
  await portal.logIn()
  await portal.apply()
  const card = portal.card('A word from a colleague')
  await card.getByLabel('E-mail address').fill('raymond@example.com')
  await card.getByRole('button').click()
  await expect(card.getByLabel('Name')).toHaveAttribute('aria-invalid', 'true')
  await expect(card.locator('small').first()).toContainText('is required and missing')
  expect((await world.records('applicationReferences')).filter((one) => one.contact_id === ROSALIND.id)).toEqual([])
})

test('a reference that is given counts', async ({ portal, page, world }) => {
  await portal.logIn()
  const id = await portal.apply()
  const card = portal.card('A word from a colleague')
  await card.getByLabel('Name').fill('Raymond Gosling')
  await card.getByRole('button').click()
  await expect(card).toContainText('Raymond Gosling has been asked.')
  const [asked] = (await world.record('applications', id)).references
  await office(world, `applicationReferences/${asked.reference_id}`, { status: 'completed' })
  await page.reload()
  await expect(portal.card('✓ A word from a colleague')).toContainText('1 of 1')
  await expect(page.locator('main')).toContainText('25 % complete')
})

for (const what of ['exam', 'course']) {
  test(`she registers for the ${what}`, async ({ portal, world }) => {
    await portal.logIn()
    const id = await portal.apply()
    const card = portal.card(what === 'exam' ? 'The exam' : 'The course on risk')
    const chosen = await card.getByRole('option').nth(1).getAttribute('value')
    await card.getByRole('combobox').selectOption(chosen)
    await card.getByRole('button').click()
    await expect(card).toContainText('You are registered')
    await world.verify({
      operation: what === 'exam' ? 'createExamRegistration' : 'createCourseRegistration',
      body: { application_id: id, student_id: ROSALIND.id, [`${what}_offering_id`]: chosen },
      status: 200,
      times: 1,
    })
  })
}

test('from an application to a certification', async ({ portal, page, world }) => {
  await portal.logIn()
  const id = await portal.apply()
  await page.getByRole('button', { name: 'Send it in' }).click()
  await expect(page.locator('main')).toContainText('missing requirements')
  await office(world, `applications/${id}`, { status: 'approved' })
  await office(world, `applications/${id}`, { status: 'activated' })
  await page.getByRole('link', { name: 'Member portal' }).click()
  const held = page.getByRole('region', { name: 'Your certifications' }).getByRole('listitem')
  await expect(held).toContainText('Project Management Certification')
  await expect(held).toContainText('active')
  const { certification_id } = await world.record('applications', id)
  expect(await world.record('certifications', certification_id)).toMatchObject({ contact_id: ROSALIND.id, status: 'active' })
})

test('what one worker does is not in another one’s world', async ({ portal, world, mock }) => {
  await portal.logIn()
  const id = await portal.apply()
  expect(await world.record('applications', id)).not.toBeNull()
  const neighbour = mock.world(`${world.name}-neighbour`)
  await neighbour.reset()
  expect(await neighbour.record('applications', id)).toBeNull()
})
