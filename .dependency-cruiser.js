/** Which way the house's rooms may look: ingest → shared ← dashboard; infra and test stand outside and see all. */
export default {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'shared-imports-no-app',
      severity: 'error',
      from: { path: '^packages/shared' },
      to: { path: '^(apps|infra|test|packages/(?!shared))' },
    },
    { name: 'apps-stand-apart', severity: 'error', from: { path: '^apps/([^/]+)' }, to: { path: '^apps/(?!$1)' } },
    {
      name: 'apps-know-no-outside',
      severity: 'error',
      from: { path: '^(apps|packages)' },
      to: { path: '^(infra|test)/' },
    },
    {
      name: 'the-market-stands-alone',
      severity: 'error',
      from: { path: '^packages/market' },
      to: { path: '^(apps|packages/shared|infra|test)' },
    },
    {
      name: 'no-tests-in-the-product',
      severity: 'error',
      from: { pathNot: '\\.test\\.ts$|^test/' },
      to: { path: '\\.test\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(node_modules|build|\\.svelte-kit|paraglide)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
}
