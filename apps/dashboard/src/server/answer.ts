/** What every answer that is not a file carries: safe headers, and gzip where the browser takes it. */

const headers = {
  // Figures belong to one shop: nothing between here and the screen may keep them.
  'cache-control': 'private, no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
}

const worthCompressing = /^(?:text\/html|application\/json|text\/plain)\b/

export function finished(request: Request, response: Response): Response {
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value)
  response.headers.append('vary', 'cookie')
  return compressed(request, response)
}

function compressed(request: Request, response: Response): Response {
  const { body, headers, status } = response
  if (body === null || headers.has('content-encoding')) return response
  if (!worthCompressing.test(headers.get('content-type') ?? '')) return response
  headers.append('vary', 'accept-encoding')
  if (!/\bgzip\b/.test(request.headers.get('accept-encoding') ?? '')) return response
  headers.set('content-encoding', 'gzip')
  headers.delete('content-length')
  headers.delete('etag')
  return new Response(body.pipeThrough(new CompressionStream('gzip')), { status, headers })
}
