import { expect, test } from 'vitest'
import { routes } from './app.ts'
import { openApi, operations } from './openapi.ts'

test('every address of the API is described, and none that does not answer', () => {
  const answering = Object.entries(routes).flatMap(([path, handlers]) =>
    Object.keys(handlers).map((method) => `${method} /api/v1${path.replace(/:(\w+)/g, '{$1}')}`),
  )
  const described = Object.entries(operations)
    .filter(([path]) => path.startsWith('/api/'))
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
  expect(described.sort()).toEqual(answering.sort())
})

test('the description is plain JSON', () => {
  const description = openApi()
  expect(JSON.parse(JSON.stringify(description))).toEqual(description)
})
