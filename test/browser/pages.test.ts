/** The documentation and the outbox in a real browser: light and dark, on a desk and in a hand. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { openPage, startBrowser, startSite } from './site.ts'

const LIGHT = { colorScheme: 'light', viewport: { width: 1280, height: 900 } } as const
const DARK = { colorScheme: 'dark', viewport: { width: 390, height: 844 } } as const

describe('in a browser', () => {
  let site: Awaited<ReturnType<typeof startSite>>
  let browser: Awaited<ReturnType<typeof startBrowser>>
  before(async () => {
    site = await startSite()
    browser = await startBrowser()
    await site.service.rows(
      `insert into outbox (id, "to", channel, subject, text, links, created_at) values ('1', 'ada@example.com', 'mail', 'Hello', ?, '[]', 0)`,
      `https://app.example/reset?token=${'x'.repeat(200)}`,
    )
  })
  after(async () => {
    await browser?.close()
    site?.close()
  })

  test('/docs shows every operation, one can be tried out, and nobody else is asked', async () => {
    const { page, problems } = await openPage(browser, site.origin, LIGHT)
    await page.goto('/docs')
    const { paths } = await (await fetch(`${site.origin}/openapi.json`)).json()
    await page.locator('.opblock').first().waitFor()
    assert.equal(await isDark(page), false)
    assert.deepEqual(await readOperations(page), new Set(Object.keys(paths)))
    await page.evaluate(() => window.scrollTo(0, 0))
    const health = page.locator('.opblock', { hasText: '/health' })
    await health.locator('.opblock-summary-control').click()
    await health.getByRole('button', { name: 'Try it out' }).click()
    await health.getByRole('button', { name: 'Execute' }).click()
    await health.locator('.live-responses-table').getByText('"ok"').waitFor()
    assert.deepEqual(problems, [])
  })

  test('/docs is dark for whoever wants it dark', async () => {
    const { page, problems } = await openPage(browser, site.origin, DARK)
    await page.goto('/docs')
    await page.locator('.opblock').first().waitFor()
    assert.equal(await isDark(page), true)
    assert.deepEqual(problems, [])
  })

  for (const look of [LIGHT, DARK])
    test(`/dev/outbox fits and its form works, ${look.colorScheme}, ${look.viewport.width} wide`, async () => {
      const { page, problems } = await openPage(browser, site.origin, look)
      await page.goto('/dev/outbox')
      assert.equal(await isDark(page), look === DARK)
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth))
      await page.getByLabel('Recipient').fill('nobody@example.com')
      await page.getByRole('button').click()
      assert.equal(await page.locator('article').count(), 0)
      await page.getByLabel('Recipient').fill('ada@example.com')
      await page.getByRole('button').click()
      assert.equal(await page.locator('article').count(), 1)
      assert.deepEqual(problems, [])
    })
})

/** The paths of the operations. A long list is drawn only where it is looked at, so it is scrolled through. */
async function readOperations(page: Page): Promise<Set<string>> {
  const seen = new Set<string>()
  let before: number
  do {
    const paths = page.locator('[data-path]')
    for (const path of await paths.evaluateAll((all) => all.map((one) => one.getAttribute('data-path') ?? '')))
      seen.add(path)
    before = await scrolled(page)
    await page.mouse.wheel(0, 800)
    await page.waitForTimeout(150)
  } while (before !== (await scrolled(page)))
  return seen
}

const scrolled = (page: Page) => page.evaluate(() => window.scrollY)

/** Whether the page's background is nearer to black. */
async function isDark(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const background = [document.body, document.documentElement]
      .map((element) => getComputedStyle(element).backgroundColor)
      .find((color) => color !== 'rgba(0, 0, 0, 0)')
    const [red = 255] = (background ?? '').match(/\d+/g)?.map(Number) ?? []
    return red < 128
  })
}
