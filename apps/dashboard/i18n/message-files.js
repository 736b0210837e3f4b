/**
 * Inlang plugin that reads `messages/<locale>.json`: flat, one string a message, `{name}` for a value, `{name:sale|sales}` for
 * a word that follows a number. Inlang's own plugin for this format is fetched from a CDN at every build; this one is here, so
 * that a build needs no network.
 * (Inlang loads it as text, so it can import nothing.)
 */

const pathOf = (locale) => `./messages/${locale}.json`

const choice = /\{(\w+):([^|{}]+)\|([^|{}]+)\}/g

/** `{n} {n:sale|sales}` → one text for each way in which its numbers can be one or many. */
const textsOf = (text) =>
  numbersIn(text).reduce(
    (texts, name) =>
      texts.flatMap(({ text, isOne }) =>
        [true, false].map((one) => ({
          text: text.replace(choice, (whole, of, single, many) => (of !== name ? whole : one ? single : many)),
          isOne: { ...isOne, [name]: one },
        })),
      ),
    [{ text, isOne: {} }],
  )

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

const namesIn = (text) => [...new Set([...text.matchAll(/\{(\w+)[:}]/g)].map(([, name]) => name))]
const numbersIn = (text) => [...new Set([...text.matchAll(choice)].map(([, name]) => name))]

/** Formatted numbers are asked of too: of 1,234 no rule makes one. */
const pluralOf = (name) => ({
  type: 'local-variable',
  name: `${name}Plural`,
  value: {
    type: 'expression',
    arg: { type: 'variable-reference', name },
    annotation: { type: 'function-reference', name: 'plural', options: [] },
  },
})

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
        const numbers = numbersIn(text)
        const inputs = namesIn(text).map((name) => ({ type: 'input-variable', name }))
        const declarations = [...inputs, ...numbers.map(pluralOf)]
        const known = bundles.get(id)?.declarations ?? []
        const added = declarations.filter(({ name }) => !known.some((one) => one.name === name))
        bundles.set(id, { id, declarations: [...known, ...added] })
        const selectors = numbers.map((name) => ({ type: 'variable-reference', name: `${name}Plural` }))
        messages.push({ bundleId: id, locale, selectors })
        for (const { text: chosen, isOne } of textsOf(text)) {
          const matches = numbers.map((name) => {
            const key = `${name}Plural`
            return isOne[name] ? { type: 'literal-match', key, value: 'one' } : { type: 'catchall-match', key }
          })
          variants.push({ messageBundleId: id, messageLocale: locale, matches, pattern: patternOf(chosen) })
        }
      }
    }
    return { bundles: [...bundles.values()], messages, variants }
  },
}
