/** The OpenAPI document: valid, whole, and true about doors and errors. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { findTargetHandler } from 'hono/utils/handler'
import manifest from '../../package.json' with { type: 'json' }
import { createApp } from '../../src/app.ts'
import type { Ports } from '../../src/deps.ts'
import { DOOR, type Door } from '../../src/http/operation.ts'
import { startApp } from '../support/app.ts'
import { VARIABLES } from '../support/variables.ts'

interface Operation {
  operationId: string
  summary: string
  tags: string[]
  security: object[]
  parameters?: { name: string; in: string; required?: boolean; schema?: Record<string, unknown> }[]
  requestBody?: { content: Record<string, { schema: object }> }
  responses: Record<string, { $ref?: string }>
}

interface Document {
  info: { version: string }
  servers: { url: string }[]
  components: { responses: Record<string, unknown>; securitySchemes: Record<string, unknown> }
  paths: Record<string, Record<string, Operation>>
}

/** What is registered, with its door. Ports are needed for requests only. */
const registered = createApp({} as Ports).routes.flatMap(({ method, path, handler }) => {
  const door = (findTargetHandler(handler) as { [DOOR]?: Door })[DOOR]
  return door ? [{ method: method.toLowerCase(), path: path.replace(/:(\w+)/g, '{$1}'), door }] : []
})

describe('/openapi.json', () => {
  let document: Document
  before(async () => {
    const app = await startApp()
    const { status, body } = await app.get<Document>('/openapi.json')
    assert.equal(status, 200)
    document = body
  })
  const everyOperation = (check: (operation: Operation, at: string, door: Door) => void) => {
    for (const { method, path, door } of registered) {
      const operation = document.paths[path]?.[method]
      assert.ok(operation, `${method} ${path} is missing`)
      check(operation, `${method} ${path}`, door)
    }
  }

  test('it is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(JSON.parse(JSON.stringify(document)))
    assert.ok(valid, JSON.stringify(errors))
  })

  test('it names this service and its version', () => {
    assert.deepEqual(document.servers, [{ url: VARIABLES['PUBLIC_ORIGIN'] }])
    assert.equal(document.info.version, manifest.version)
  })

  test('it has every registered route, and no other', () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    )
    assert.deepEqual(described.sort(), registered.map(({ method, path }) => `${method} ${path}`).sort())
  })

  test('every operation has a summary, a tag, an answer and an id of its own', () => {
    const ids = new Set<string>()
    everyOperation((operation, at) => {
      assert.ok(operation.summary, at)
      assert.equal(operation.tags.length, 1, at)
      assert.ok(
        Object.keys(operation.responses).some((code) => code.startsWith('2') || code.startsWith('3')),
        at,
      )
      assert.ok(!ids.has(operation.operationId), at)
      ids.add(operation.operationId)
    })
  })

  test('every operation asks for the credential of its door', () => {
    everyOperation(({ security }, at, door) => {
      const schemes = security.flatMap(Object.keys)
      if (door === 'bearer' || door === 'apiKey') assert.deepEqual(schemes, [door], at)
      for (const scheme of schemes) assert.ok(scheme in document.components.securitySchemes, at)
    })
  })

  test('every operation refers to the errors of its family', () => {
    everyOperation(({ responses, tags }, at) => {
      const family = tags[0]?.split(':')[0] ?? ''
      assert.equal(responses['default']?.$ref, `#/components/responses/${family}`, at)
      assert.ok(family in document.components.responses, at)
    })
  })

  test('every part of a path is a required parameter', () => {
    everyOperation(({ parameters = [] }, at) => {
      for (const [, name] of at.matchAll(/\{(\w+)\}/g))
        assert.ok(parameters.find((parameter) => parameter.in === 'path' && parameter.name === name)?.required, at)
    })
  })

  test('a parameter of a query is required where the route does nothing without it, and only there', () => {
    const optional: string[] = []
    everyOperation(({ parameters = [] }, at) => {
      for (const { in: place, name, required, schema } of parameters) {
        if (place === 'query' && !required && !at.includes(' /v1/')) optional.push(`${at} ${name}`)
        if (required) assert.deepEqual([schema?.['default'], schema?.['x-needed']], [undefined, undefined], at)
      }
    })
    const starts = ['google', 'azure', 'keycloak', 'cognito'].flatMap((provider) =>
      ['client_secret', 'state', 'codeChallenge'].map((name) => `get /auth/${provider} ${name}`),
    )
    const links = ['reset-password', 'sign-up', 'register-device'].map((page) => `get /${page} ui_locales`)
    const lists = ['startDate', 'endDate', 'filter'].map((name) => `get /active-users/{range} ${name}`)
    const activity = [' filter', '/count where', '/{id} filter'].map((rest) => `get /login-activity${rest}`)
    const names = ['/management', ''].map(
      (prefix) => `get ${prefix}/device_registration_link/{applicationId}/{userId} display_name`,
    )
    const others = ['get /dev/outbox to', 'post /imsg-service/v1/logout callback']
    assert.deepEqual(optional.sort(), [...starts, ...links, ...lists, ...activity, ...names, ...others].sort())
  })

  test('a login is described with its body', () => {
    const { requestBody } = document.paths['/auth/login']?.['post'] ?? {}
    const { required } = (requestBody?.content['application/json']?.schema ?? {}) as { required?: string[] }
    assert.deepEqual(required, ['client_id', 'username', 'password'])
  })
})
