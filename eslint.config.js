import { globalIgnores } from 'eslint/config'
import svelte from 'eslint-plugin-svelte'
import tseslint from 'typescript-eslint'

/** One place each: a rule holds the line, and names the place. */
const onePlace = (selector, message) => ({ selector, message })

export default tseslint.config(
  globalIgnores(['**/node_modules/', '**/build/', '**/.svelte-kit/', 'apps/dashboard/src/paraglide/', '**/*.js']),
  ...tseslint.configs.strictTypeChecked,
  ...svelte.configs['flat/recommended'],
  {
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      'max-lines': ['error', 300],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-restricted-syntax': [
        'error',
        onePlace(
          "MemberExpression[object.name='process'][property.name='env']",
          'The environment is read in packages/shared/src/config.ts.',
        ),
        onePlace(
          "CallExpression[callee.object.name='echarts'][callee.property.name='init']",
          'Charts are made in apps/dashboard/src/charts/echarts.ts.',
        ),
        onePlace('ExportDefaultDeclaration', 'Export by name.'),
      ],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: '@clickhouse/client',
              importNames: ['createClient'],
              message: 'Clients are made in packages/shared/src/store/connect.ts.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    // The dashboard lives at the root of its address, so there is no base path to resolve.
    rules: { 'svelte/no-navigation-without-resolve': 'off' },
  },
  {
    files: ['test/**', '**/*.test.ts'],
    rules: {
      'max-lines': ['error', 400],
      // A test asks what the types promise, and its matchers are of type any.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
  {
    // Where each of the places is.
    files: [
      'packages/shared/src/config.ts',
      // adapter-node takes its options from the environment only.
      'apps/dashboard/src/mount.ts',
      'test/**',
      '**/*.config.ts',
      'packages/shared/src/store/connect.ts',
    ],
    rules: { 'no-restricted-syntax': 'off', 'no-restricted-imports': 'off' },
  },
)
