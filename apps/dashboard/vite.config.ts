import { paraglideVitePlugin } from '@inlang/paraglide-js'
import adapter from '@sveltejs/adapter-node'
import { sveltekit } from '@sveltejs/kit/vite'
import { defineConfig } from 'vite'
import { messageOptions } from './i18n/options.ts'

export default defineConfig({
  plugins: [
    paraglideVitePlugin({ ...messageOptions, strategy: [...messageOptions.strategy], isServer: 'import.meta.env.SSR' }),
    sveltekit({
      adapter: adapter({ out: 'build' }),
      // All styles of a page are a few kilobytes: in the page itself they cost no round trips before it is painted.
      inlineStyleThreshold: 16 * 1024,
      // It is the cashier's page that registers it, for itself alone.
      serviceWorker: { register: false },
      csp: {
        mode: 'nonce',
        directives: {
          'default-src': ['none'],
          'script-src': ['self'],
          'style-src': ['self'],
          // ECharts and Svelte style single elements. Attributes can't load or run anything.
          'style-src-attr': ['unsafe-inline'],
          'img-src': ['self', 'data:'],
          'connect-src': ['self'],
          'manifest-src': ['self'],
          'form-action': ['self'],
          'base-uri': ['none'],
          'frame-ancestors': ['none'],
        },
      },
    }),
  ],
  environments: {
    ssr: {
      build: {
        rolldownOptions: {
          // Run from their sources (Node reads TypeScript), not bundled: the stores exist once in the process, and the
          // engines' packages never pass through the bundler.
          external: [/^@tillsight\/shared\//],
        },
      },
    },
  },
})
