/** Settings of people, as the account family shows them. */
import { and, eq, sql } from 'drizzle-orm'
import type { Db } from '../deps.ts'
import { userSettings, users } from './schema.ts'

export type Setting = Omit<typeof userSettings.$inferSelect, 'userId'>
export type NewSetting = Omit<Setting, 'id'> & { id?: number | undefined }

const { id, category, group, name, value, type, description, readOnly } = userSettings

/** A column of a user: all the settings, in the order in which they were made. */
export const settingsOfUser = sql<Setting[]>`(select json_group_array(json_object('id', ${id}, 'category', ${category},
  'group', ${group}, 'name', ${name}, 'value', ${value}, 'type', ${type}, 'description', ${description},
  'readOnly', json(iif(${readOnly}, 'true', 'false')))) from ${userSettings}
  where ${eq(userSettings.userId, users.id)})`.mapWith((settings: string) =>
  (JSON.parse(settings) as Setting[]).sort((a, b) => a.id - b.id),
)

/** The list takes the place of all that were there; without a list they stay. */
export function replaceSettings(db: Db, userId: string, settings: NewSetting[] | undefined) {
  const list = settings ? JSON.stringify(settings) : null
  const member = (key: keyof Setting) => sql`value ->> ${key}`
  const columns = sql`${member('id')}, ${userId}, ${member('category')}, ${member('group')}, ${member('name')},
    ${member('value')}, ${member('type')}, ${member('description')}, ${member('readOnly')}`
  return [
    db.delete(userSettings).where(sql`${eq(userSettings.userId, userId)} and ${list} is not null`),
    db.insert(userSettings).select(sql`select ${columns} from json_each(${list})`),
  ] as const
}

/** Of any number of people, in this order. */
export function insertSettings(db: Db, settings: (NewSetting & { userId: string })[]) {
  const member = (key: keyof Setting | 'userId') => sql`value ->> ${key}`
  const columns = sql`null, ${member('userId')}, ${member('category')}, ${member('group')}, ${member('name')},
    ${member('value')}, ${member('type')}, ${member('description')}, ${member('readOnly')}`
  return db
    .insert(userSettings)
    .select(sql`select ${columns} from json_each(${JSON.stringify(settings)}) where true order by key`)
}

export type SettingValue = Pick<Setting, 'id' | 'value'>

/** Of those that are the user's and not read-only; the others are left alone. */
export function updateSettingValues(db: Db, userId: string, values: SettingValue[]) {
  const given = sql`json_each(${JSON.stringify(values)}) as given where given.value ->> 'id' = ${id}`
  const changeable = and(eq(userSettings.userId, userId), eq(readOnly, false))
  return db
    .update(userSettings)
    .set({ value: sql`(select given.value ->> 'value' from ${given} limit 1)` })
    .where(and(changeable, sql`exists (select 1 from ${given})`))
}
