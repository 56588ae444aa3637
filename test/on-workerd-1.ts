process.env['STORE'] = 'workerd'
process.env['PART'] = '1/2'
await import('./support/cases.ts')

export {}
