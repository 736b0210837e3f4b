import { promisify } from 'node:util'
import { constants, gzip as compress } from 'node:zlib'

/** The least effort takes nine tenths off a batch already. */
const effort = { level: constants.Z_BEST_SPEED }

export const gzip = async (text: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await promisify(compress)(text, effort))
