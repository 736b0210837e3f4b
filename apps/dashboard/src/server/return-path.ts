/** Where to go on to after a form: only ever a path of this site, whatever the address or the form says. */
export function returnPath(asked: FormDataEntryValue | string | null, origin: string): string {
  if (typeof asked !== 'string' || !asked.startsWith('/')) return '/'
  if (!URL.canParse(asked, origin)) return '/'
  // The URL parser sees what a browser would: `//elsewhere`, `/\elsewhere` and `/<tab>/elsewhere` all leave the site.
  const url = new URL(asked, origin)
  return url.origin === origin && !url.pathname.startsWith('//') ? url.pathname + url.search : '/'
}
