/** In which language, colours and width a page is looked at. */

import { desktop, phone } from './browser.ts'

export interface Look {
  name: string
  english: boolean
  colorScheme: 'light' | 'dark'
  viewport: { width: number; height: number }
}

const all: Look[] = [false, true].flatMap((english) =>
  (['light', 'dark'] as const).flatMap((colorScheme) =>
    [phone, desktop].map((viewport) => ({
      name: `${english ? 'English' : 'Chinese'}, ${colorScheme}, ${viewport.width} px`,
      ...{ english, colorScheme, viewport },
    })),
  ),
)

/** All eight in `npm run soak`; in `npm test` the first and the last, which differ in everything. */
export const looks: readonly Look[] =
  process.env['LOOKS'] === 'all' ? all : all.filter((_, i) => i === 0 || i === all.length - 1)
