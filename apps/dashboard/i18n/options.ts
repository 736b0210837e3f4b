/** How messages are compiled, the same in the build and in checks and tests. */

import { fileURLToPath } from 'node:url'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export const messageOptions = {
  project: here('../project.inlang'),
  outdir: here('../src/paraglide'),
  // Chinese whatever the browser says, until somebody chooses.
  strategy: ['cookie', 'baseLocale'],
  cookieName: 'tillsight_language',
} as const
