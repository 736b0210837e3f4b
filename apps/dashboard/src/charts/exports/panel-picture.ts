/** The picture of a panel whose marks are HTML, as it is on the screen. Whatever is to be tapped stays out of it. */

import { domToBlob, domToForeignObjectSvg, type Options } from 'modern-screenshot'
import { sharpness, type Heading } from './picture.ts'

/** The numbers behind the picture, and what leads elsewhere or changes something. */
const notPictured = '.behind, form, button, nav, details, .visually-hidden'

export const svgOfPanel = (panel: HTMLElement, heading: Heading): Promise<Blob> =>
  ofSheet(panel, heading, async (sheet, options) => {
    const svg = await domToForeignObjectSvg(sheet, options)
    return new Blob([new XMLSerializer().serializeToString(svg)], { type: 'image/svg+xml' })
  })

export const pngOfPanel = (panel: HTMLElement, heading: Heading): Promise<Blob> =>
  ofSheet(panel, heading, (sheet, options) => domToBlob(sheet, { ...options, scale: sharpness }))

/** Draws what the picture holds, laid out beside the page while it is drawn. */
async function ofSheet(
  panel: HTMLElement,
  { subtitle }: Heading,
  draw: (sheet: HTMLElement, options: Options) => Promise<Blob>,
): Promise<Blob> {
  const sheet = panel.cloneNode(true) as HTMLElement
  for (const element of sheet.querySelectorAll(notPictured)) element.remove()
  const said = document.createElement('p')
  said.textContent = subtitle
  said.style.color = getComputedStyle(panel.querySelector('.lead') ?? panel).color
  sheet.querySelector('h2')?.after(said)
  sheet.inert = true
  const { width } = panel.getBoundingClientRect()
  Object.assign(sheet.style, {
    position: 'fixed',
    insetInlineStart: '-9999px',
    width: `${width}px`,
    boxSizing: 'border-box',
  })
  panel.after(sheet)
  try {
    return await draw(sheet, {
      backgroundColor: getComputedStyle(panel).backgroundColor,
      style: { position: 'static', margin: '0', border: 'none', borderRadius: '0', boxShadow: 'none' },
      // They are the system's.
      font: false,
    })
  } finally {
    sheet.remove()
  }
}
