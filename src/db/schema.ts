/** The whole schema; drizzle-kit reads this file. */
export * from './schema-activity.ts'
export * from './schema-credentials.ts'
export * from './schema-devices.ts'
export * from './schema-directory.ts'
export * from './schema-federation.ts'
export * from './schema-programs.ts'
export * from './schema-sessions.ts'
