/** `/v1/tenants/{tenantId}/units`: sub-organisations. */
import * as z from 'zod'
import { changeUnit, createUnit, getUnit, listUnits, type Unit as Row, removeUnit } from '../../core/directory/units.ts'
import { requireApiKey } from '../../http/authenticate.ts'
import { description, name } from '../../http/fields.ts'
import { operation } from '../../http/operation.ts'
import { createRouter } from '../../http/router.ts'
import { jsonBody, validate } from '../../http/validate.ts'
import { filter, frame, listQuery, pageOf, splitQuery, toFrame, toPage } from './wire.ts'

const door = 'apiKey'
const tag = 'admin: units'

const fields = { name, description }

const Unit = z.object({ ...frame, tenantId: z.string(), ...fields })
const UnitChanges = z.strictObject(fields).partial()
export const NewUnit = UnitChanges.required({ name: true })

const toUnit = (row: Row): z.input<typeof Unit> => ({ ...row, ...toFrame(row) })

export const units = createRouter()
  .get(
    '/tenants/:tenantId/units',
    operation({ summary: "List a tenant's units", door, tag, answers: { 200: pageOf(Unit) } }),
    requireApiKey,
    validate('query', listQuery({ name: filter })),
    async (c) => {
      const { filters, page } = splitQuery(c.req.valid('query'))
      const rows = await listUnits(c.var.deps, c.var.actor, { ...c.req.param(), ...filters }, page)
      return c.json(toPage(rows, page, toUnit))
    },
  )

  .post(
    '/tenants/:tenantId/units',
    operation({ summary: 'Make a unit', door, tag, answers: { 201: Unit } }),
    requireApiKey,
    jsonBody(NewUnit),
    async (c) => {
      const unit = await createUnit(c.var.deps, c.var.actor, { ...c.req.param(), ...c.req.valid('json') })
      return c.json(toUnit(unit), 201, { Location: `/v1/tenants/${unit.tenantId}/units/${unit.id}` })
    },
  )

  .get(
    '/tenants/:tenantId/units/:id',
    operation({ summary: 'One unit', door, tag, answers: { 200: Unit } }),
    requireApiKey,
    async (c) => c.json(toUnit(await getUnit(c.var.deps, c.var.actor, c.req.param()))),
  )

  .patch(
    '/tenants/:tenantId/units/:id',
    operation({ summary: 'Change a unit', door, tag, answers: { 200: Unit } }),
    requireApiKey,
    jsonBody(UnitChanges),
    async (c) => c.json(toUnit(await changeUnit(c.var.deps, c.var.actor, c.req.param(), c.req.valid('json')))),
  )

  .delete(
    '/tenants/:tenantId/units/:id',
    operation({ summary: 'Remove a unit', door, tag, answers: { 204: 'Removed' } }),
    requireApiKey,
    async (c) => {
      await removeUnit(c.var.deps, c.var.actor, c.req.param())
      return c.body(null, 204)
    },
  )
