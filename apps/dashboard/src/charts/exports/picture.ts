/** The picture of a panel with a chart, as it is on the screen, with its heading and its marks, in a file that needs no style sheet. */

export interface Heading {
  title: string
  subtitle: string
}

const svgNamespace = 'http://www.w3.org/2000/svg'
const margin = 20
/** So many pixels of a PNG for each of a screen's. */
export const sharpness = 2

export function svgFile(panel: HTMLElement, heading: Heading): Blob {
  return new Blob([drawn(panel, heading).text], { type: 'image/svg+xml' })
}

export async function pngFile(panel: HTMLElement, heading: Heading): Promise<Blob> {
  const { text, width, height } = drawn(panel, heading)
  const image = new Image()
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = width * sharpness
  canvas.height = height * sharpness
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('no canvas to draw on')
  context.scale(sharpness, sharpness)
  context.drawImage(image, 0, 0, width, height)
  return new Promise((resolve, reject) => {
    canvas.toBlob((file) => (file === null ? reject(new Error('the picture can’t be written')) : resolve(file)))
  })
}

function drawn(panel: HTMLElement, { title, subtitle }: Heading): { text: string; width: number; height: number } {
  const shown = [...panel.querySelectorAll<SVGSVGElement>('.chart svg')].find((svg) => svg.getClientRects().length > 0)
  if (shown === undefined) throw new Error('a panel without a picture')
  const box = shown.viewBox.baseVal
  const inner =
    box.width > 0
      ? { width: box.width, height: box.height }
      : { width: shown.width.baseVal.value, height: shown.height.baseVal.value }
  const page = getComputedStyle(panel)
  const width = inner.width + 2 * margin

  const file = document.createElementNS(svgNamespace, 'svg')
  const add = (name: string, attributes: Record<string, string | number>, text = ''): void => {
    const element = document.createElementNS(svgNamespace, name)
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value))
    element.textContent = text
    file.append(element)
  }
  const muted = getComputedStyle(panel.querySelector('.lead') ?? panel).color
  let y = margin + 16
  add('text', { x: margin, y, 'font-size': 18, 'font-weight': 600, fill: page.color }, title)
  y += 22
  add('text', { x: margin, y, 'font-size': 13, fill: muted }, subtitle)
  y += 10
  y = marks(panel, width, y, add)

  const picture = withOwnColours(shown)
  picture.setAttribute('x', String(margin))
  picture.setAttribute('y', String(y))
  picture.setAttribute('width', String(inner.width))
  picture.setAttribute('height', String(inner.height))
  picture.setAttribute('viewBox', `0 0 ${inner.width} ${inner.height}`)
  picture.removeAttribute('style')
  const height = Math.ceil(y + inner.height + margin)

  file.setAttribute('xmlns', svgNamespace)
  file.setAttribute('viewBox', `0 0 ${width} ${height}`)
  file.setAttribute('width', String(width))
  file.setAttribute('height', String(height))
  file.setAttribute('font-family', page.fontFamily)
  const ground = document.createElementNS(svgNamespace, 'rect')
  ground.setAttribute('width', '100%')
  ground.setAttribute('height', '100%')
  ground.setAttribute('fill', page.backgroundColor)
  file.prepend(ground)
  file.append(picture)
  return { text: new XMLSerializer().serializeToString(file), width, height }
}

/** The legend, wrapped as on the page. @returns where it ends. */
function marks(
  panel: HTMLElement,
  width: number,
  from: number,
  add: (name: string, attributes: Record<string, string | number>, text?: string) => void,
): number {
  let [x, y] = [margin, from]
  for (const mark of panel.querySelectorAll('.legend li')) {
    const swatch = mark.querySelector('.swatch')
    const { width: space } = mark.getBoundingClientRect()
    if (x === margin || x + space > width - margin) [x, y] = [margin, y + 22]
    const { backgroundColor, backgroundImage, color } = getComputedStyle(swatch ?? mark)
    add('rect', { x, y: y - 11, width: 12, height: 12, rx: 3, fill: backgroundColor })
    if (backgroundImage !== 'none') add('path', { d: `M${x} ${y + 1}l12 -12m-6 12l6 -6m-12 0l6 -6`, stroke: color })
    add('text', { x: x + 18, y, 'font-size': 14, fill: getComputedStyle(mark).color }, mark.textContent.trim())
    x += space + 16
  }
  return y + 10
}

/** A copy in which colours that the page's style sheet gives stand as they are. */
function withOwnColours(svg: SVGSVGElement): SVGSVGElement {
  const copy = svg.cloneNode(true) as SVGSVGElement
  const copies = copy.querySelectorAll('*')
  svg.querySelectorAll('*').forEach((element, i) => {
    const { fill, stroke } = getComputedStyle(element)
    const twin = copies[i]
    if (twin === undefined) return
    if (element.hasAttribute('fill')) twin.setAttribute('fill', fill)
    if (element.hasAttribute('stroke')) twin.setAttribute('stroke', stroke)
    twin.removeAttribute('style')
    const { fontSize, fontWeight } = getComputedStyle(element)
    if (element.tagName !== 'text') return
    twin.setAttribute('font-size', fontSize)
    twin.setAttribute('font-weight', fontWeight)
  })
  copy.removeAttribute('aria-hidden')
  copy.removeAttribute('focusable')
  return copy
}
