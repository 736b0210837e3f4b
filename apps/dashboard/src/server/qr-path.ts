/** A QR code as the path of an SVG, one unit a module, with the quiet margin that readers need. */

import encodeQR from 'qr'

export interface QrPath {
  /** Width and height, in modules. */
  size: number
  d: string
}

const margin = 4

export function qrPath(text: string): QrPath {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: margin })
  const d = rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : []))).join('')
  return { size: rows.length, d }
}
