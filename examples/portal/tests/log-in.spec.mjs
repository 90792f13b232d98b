import { expect, ROSALIND, test } from './portal.mjs'

const first = (page) => page.getByRole('button', { name: 'Log in' })
const stored = (page) =>
  page.evaluate(() => {
    const key = Object.keys(sessionStorage).find((name) => name.startsWith('oidc.user:'))
    return key && { key, user: JSON.parse(sessionStorage.getItem(key)) }
  })

test('a member picks herself and is greeted by name', async ({ portal, page }) => {
  await portal.logIn()
  await expect(page).toHaveURL(/\/portal-\d\/$/)
})

test('a member types her e-mail address', async ({ portal, page, world }) => {
  await portal.open()
  await first(page).click()
  await page.getByLabel('Id or e-mail address').fill(ROSALIND.email_address)
  await page.locator('form', { hasText: 'Id or e-mail address' }).getByRole('button').click()
  await expect(page.locator('header')).toContainText(ROSALIND.name)
  expect(page.url()).toContain(world.name)
})

test('somebody who is not on record stays outside', async ({ portal, page }) => {
  await portal.open()
  await first(page).click()
  await page.getByLabel('Id or e-mail address').fill('nobody@example.com')
  await page.locator('form', { hasText: 'Id or e-mail address' }).getByRole('button').click()
  await expect(page.getByRole('alert')).toContainText('Nobody with that id or e-mail address')
  await expect(page.locator('header')).toHaveCount(0)
})

test('she is still logged in after a reload', async ({ portal, page }) => {
  await portal.logIn()
  await page.reload()
  await expect(page.locator('header')).toContainText(ROSALIND.name)
})

test('a token that is about to expire is renewed without a word', async ({ portal, page }) => {
  await portal.logIn()
  const before = await stored(page)
  const renewal = page.waitForResponse((one) => one.url().endsWith('/oauth/token') && one.request().method() === 'POST')
  await page.evaluate(({ key, user }) => {
    sessionStorage.setItem(key, JSON.stringify({ ...user, expires_at: Math.floor(Date.now() / 1000) + 62 }))
  }, before)
  await page.reload()
  expect((await renewal).status()).toBe(200)
  await expect.poll(async () => (await stored(page)).user.access_token).not.toBe(before.user.access_token)
})

test('she logs out, and the door is shut', async ({ portal, page }) => {
  await portal.logIn()
  await page.getByRole('button', { name: 'Log out' }).click()
  await expect(first(page)).toBeVisible()
  expect(await stored(page)).toBeFalsy()
})
