process.env['STORE'] = 'workerd'
await import('./support/cases.ts')

export {}
