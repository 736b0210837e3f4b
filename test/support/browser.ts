/** A real Chromium out of npm packages, so that nothing has to be installed by hand. */

import chromium, { inflate } from '@sparticuz/chromium'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium as playwright, type Browser, type BrowserContext, type LaunchOptions } from 'playwright-core'

export const phone = { width: 390, height: 844 }
export const desktop = { width: 1280, height: 900 }

export const openBrowser = (): Promise<Browser> => launched((options) => playwright.launch(options))

/** A browser that keeps what it has in a directory, as one on a phone does. */
export const openBrowserWith = (profileDir: string): Promise<BrowserContext> =>
  launched((options) => playwright.launchPersistentContext(profileDir, { ...options, viewport: phone }))

async function launched<T>(start: (options: LaunchOptions) => Promise<T>): Promise<T> {
  const executablePath = await chromium.executablePath()
  const launch = (env: Record<string, string> = {}) =>
    start({
      executablePath,
      // The package's own arguments are for functions in a cloud: one process for all pages, and no web security. A test
      // wants the browser that a shop owner has; it only looks for nothing outside this machine.
      args: [
        '--no-sandbox',
        '--no-zygote',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
      headless: true,
      env: { ...definedEnvironment(), ...env },
    })
  try {
    return await launch()
  } catch (error) {
    // A bare machine lacks the libraries (libnss3 …) that a browser needs; the package brings them.
    if (!(error instanceof Error && error.message.includes('shared libraries'))) throw error
    await inflate(fileURLToPath(new URL('../bin/al2023.tar.br', import.meta.resolve('@sparticuz/chromium'))))
    return launch({ LD_LIBRARY_PATH: join(tmpdir(), 'al2023', 'lib') })
  }
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
