process.env['STORE'] = 'workerd'
process.env['PART'] = '2/2'
await import('./support/cases.ts')

export {}
