/** Every page, as people see it who cannot see, who have no mouse, who hold it in one hand or read it in the dark. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, describe, test } from 'node:test'
import type Axe from 'axe-core'
import type { Page } from 'playwright-core'
import { en } from '../../src/pages/words/en.ts'
import { askThrough } from '../support/app.ts'
import { journeysIn, walk } from './journeys.ts'
import { openPage, startBrowser, startSite } from './site.ts'
import { type Stage, setStage } from './stage.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const MOST_BYTES = 15 * 1024

/** What a field of this name must tell keyboards and password managers. */
const FIELDS: Record<string, [autocomplete: RegExp, inputmode?: string]> = {
  username: [/^username( webauthn)?$/],
  password: [/^(current|new)-password$/],
  email: [/^(email|username)$/],
  code: [/^one-time-code$/],
  firstName: [/^given-name$/],
  lastName: [/^family-name$/],
  name: [/^off$/],
  to: [/^off$/],
}

declare const axe: typeof Axe

describe('every page', () => {
  let site: Awaited<ReturnType<typeof startSite>>
  let browser: Awaited<ReturnType<typeof startBrowser>>
  let stage: Stage
  before(async () => {
    site = await startSite()
    browser = await startBrowser()
    stage = await setStage(askThrough(site.service))
  })
  after(async () => {
    await browser?.close()
    site?.close()
  })

  for (const [journey, steps] of Object.entries(journeysIn(en)))
    test(`of ${journey} is for everybody`, async (t) => {
      const { page, problems } = await openPage(browser, site.origin, { locale: 'en' })
      const sizes = measureDocuments(page)
      for (const step of steps)
        await t.test(step.page, async () => {
          await page.setViewportSize({ width: 1280, height: 900 })
          await page.emulateMedia({ colorScheme: 'light' })
          await walk(page, stage, step)
          await page.evaluate(AXE)
          assert.deepEqual(await violations(page, TAGS), [])
          await obeysTheKeyboard(page)
          assert.deepEqual(await badFields(page), [])
          await page.emulateMedia({ colorScheme: 'dark' })
          await page.setViewportSize({ width: 320, height: 640 })
          assert.deepEqual(await violations(page, ['cat.color', 'wcag22aa']), [])
          assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'scrolls sideways')
          assert.deepEqual(await blockingRequests(page), [])
        })
      for (const [url, size] of sizes) assert.ok(size < MOST_BYTES, `${url} has ${size} bytes`)
      assert.deepEqual(
        problems.filter((problem) => !/status of 4\d\d/.test(problem)),
        [],
      )
      await page.context().close()
    })
})

async function violations(page: Page, tags: string[]): Promise<string[]> {
  const found = await page.evaluate(async (values) => {
    for (const one of document.querySelectorAll('details')) one.open = true
    return (await axe.run({ runOnly: { type: 'tag', values }, resultTypes: ['violations'] })).violations
  }, tags)
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`)}`)
}

/** From wherever the focus is, each press of the key goes to what comes next, and what has the focus shows it. */
async function obeysTheKeyboard(page: Page): Promise<void> {
  const count = await page.evaluate(() => {
    const all = 'a[href], button, input:not([type=hidden]), summary'
    const seen = [...document.querySelectorAll<HTMLElement>(all)].filter((one) => one.checkVisibility())
    for (const [index, one] of seen.entries()) one.dataset['order'] = String(index)
    return seen.length
  })
  const reached: number[] = []
  for (let press = 0; press < count + 1 && reached.length < count; press++) {
    await page.keyboard.press('Tab')
    const [order, outline] = await page.evaluate(() => {
      const { dataset } = document.activeElement as HTMLElement
      return [dataset['order'], getComputedStyle(document.activeElement as HTMLElement).outlineStyle]
    })
    if (order === undefined) continue
    assert.notEqual(outline, 'none', 'the focus is not to be seen')
    reached.push(Number(order))
  }
  const first = reached[0] ?? 0
  assert.deepEqual(
    reached,
    reached.map((_, index) => (first + index) % count),
  )
  assert.equal(reached.length, count)
}

async function badFields(page: Page): Promise<string[]> {
  const fields = await page.locator('input:not([type=hidden])').evaluateAll((all) =>
    (all as HTMLInputElement[]).map(({ name, autocomplete, inputMode, type }) => ({
      name,
      autocomplete,
      inputMode,
      type,
    })),
  )
  return fields
    .filter(({ name, autocomplete, inputMode, type }) => {
      const keyboard = type === 'email' && autocomplete === 'email' ? 'email' : inputMode
      return !FIELDS[name]?.[0].test(autocomplete) || keyboard !== inputMode
    })
    .map((field) => JSON.stringify(field))
}

/** What the first paint waits for, beside the document itself. */
const blockingRequests = (page: Page) =>
  page.evaluate(() =>
    (performance.getEntriesByType('resource') as (PerformanceResourceTiming & { renderBlockingStatus?: string })[])
      .filter(({ renderBlockingStatus }) => renderBlockingStatus === 'blocking')
      .map(({ name }) => name),
  )

function measureDocuments(page: Page): Map<string, number> {
  const sizes = new Map<string, number>()
  page.on('response', (response) => {
    if (!response.headers()['content-type']?.startsWith('text/html')) return
    response.body().then(
      ({ length }) => sizes.set(response.url(), length),
      () => undefined,
    )
  })
  return sizes
}
