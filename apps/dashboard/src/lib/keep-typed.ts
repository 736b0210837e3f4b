type Field = HTMLInputElement | HTMLSelectElement

/**
 * When a page begins to live, Svelte sets its fields to what the server said. Called before that, this gives what is to be
 * done after it: whatever was typed and chosen meanwhile is put back. What a browser filled in from an earlier visit looks
 * the same, so forms that say what their address says are `autocomplete="off"`.
 */
export function keepTyped(): () => void {
  const fields = [...document.querySelectorAll<Field>('input:read-write, select')]
  const typed = fields.map((field) => ({ field, value: field.value }))
  const putBack = (): void => {
    for (const { field, value } of typed) if (field.value !== value) field.value = value
  }
  // Svelte sets a select once more in a microtask, after its options.
  return () => queueMicrotask(putBack)
}
