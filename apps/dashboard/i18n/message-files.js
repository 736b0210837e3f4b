/**
 * Inlang plugin that reads `messages/<locale>.json`: flat, one string a message, `{name}` for a value. Inlang's own plugin
 * for this format is fetched from a CDN at every build; this one is here, so that a build needs no network.
 * (Inlang loads it as text, so it can import nothing.)
 */

const pathOf = (locale) => `./messages/${locale}.json`

/** `{a} of {b}` → what paraglide compiles: text and references, in turn. */
const patternOf = (text) =>
  text
    .split(/(\{\w+\})/)
    .filter((part) => part !== '')
    .map((part) =>
      /^\{\w+\}$/.test(part)
        ? { type: 'expression', arg: { type: 'variable-reference', name: part.slice(1, -1) } }
        : { type: 'text', value: part },
    )

const namesIn = (text) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))]

export default {
  key: 'tillsight.messages',
  toBeImportedFiles: ({ settings }) => settings.locales.map((locale) => ({ locale, path: pathOf(locale) })),
  importFiles({ files }) {
    const bundles = new Map()
    const messages = []
    const variants = []
    for (const { locale, content } of files) {
      for (const [id, text] of Object.entries(JSON.parse(new TextDecoder().decode(content)))) {
        if (id === '$schema') continue
        const declarations = namesIn(text).map((name) => ({ type: 'input-variable', name }))
        const known = bundles.get(id)?.declarations ?? []
        const added = declarations.filter(({ name }) => !known.some((one) => one.name === name))
        bundles.set(id, { id, declarations: [...known, ...added] })
        messages.push({ bundleId: id, locale, selectors: [] })
        variants.push({ messageBundleId: id, messageLocale: locale, matches: [], pattern: patternOf(text) })
      }
    }
    return { bundles: [...bundles.values()], messages, variants }
  },
}
