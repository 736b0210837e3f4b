/** What a phone's home screen is told, in the language of the page. */

import { m } from '#paraglide/messages.js'
import { getLocale } from '#paraglide/runtime.js'
import type { RequestHandler } from './$types'

export const GET: RequestHandler = () => {
  const icon = (size: number, purpose: string) => {
    const name = purpose === 'any' ? size : `${purpose}-${size}`
    return { src: `/tap-icons/${name}.png`, sizes: `${size}x${size}`, type: 'image/png', purpose }
  }
  const manifest = {
    id: '/tap',
    start_url: '/tap',
    scope: '/tap',
    name: m.tap_name(),
    short_name: m.tap_name(),
    description: m.tap_lead(),
    lang: getLocale() === 'zh' ? 'zh-CN' : 'en',
    display: 'standalone',
    orientation: 'any',
    background_color: '#f7f6f3',
    theme_color: '#f7f6f3',
    icons: [icon(192, 'any'), icon(512, 'any'), icon(512, 'maskable')],
  }
  return new Response(JSON.stringify(manifest), { headers: { 'content-type': 'application/manifest+json' } })
}
