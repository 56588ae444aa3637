process.env['STORE'] = 'libsql'
await import('./support/cases.ts')

export {}
