/** The list of a person's settings: each is one of its kind, and keeps its id as long as it is listed. */
import type { NewSetting, Setting } from '../../db/user-settings.ts'
import { refusedField } from './refusals.ts'

/** The new list with the ids of those that were there before. Refuses an id of no such setting, and doubles. */
export function keptSettings(list: NewSetting[], before: Setting[]): NewSetting[] {
  const kept = list.map((setting, at) => {
    if (setting.id === undefined) return { ...setting, id: before.find((old) => same(old, setting))?.id }
    if (before.some(({ id }) => id === setting.id)) return setting
    throw refusedField(['settings', at, 'id'], 'must be one that exists')
  })
  const double = kept.findIndex((setting, at) =>
    kept.slice(0, at).some((other) => same(other, setting) || (setting.id !== undefined && other.id === setting.id)),
  )
  if (double >= 0) throw refusedField(['settings', double], 'must not be there twice')
  return kept
}

function same(a: NewSetting, b: NewSetting): boolean {
  return a.category === b.category && a.group === b.group && a.name === b.name
}
