/**
 * Pseudonyms for customers, made at the edge: Tillsight only ever compares them, and never learns who is meant. The identity
 * is neither kept nor logged here, and without the secret nobody can try out phone numbers against a token.
 */

import { createHmac } from 'node:crypto'

declare const made: unique symbol

/** A pseudonym: from `customerTokens`, or declared to be one by `knownToken`. Any other text is a type error. */
export type CustomerToken = string & { readonly [made]: true }

const shortestSecret = 32
/** Binds the hash to this use: the same secret in another system gives other tokens. */
const domain = 'tillsight.customer-token.v1\0'

/**
 * Gives the function that turns a customer's identity into their token (HMAC-SHA256, 64 hexadecimal digits).
 *
 * @param secret at least 32 random bytes (a text counts by its UTF-8 bytes). Made once and kept: another secret means other
 *   tokens, and returning customers are no longer recognised. One secret for all merchants of a provider only where the
 *   provider is registered with `sharedTokens`; else one for each merchant.
 * @throws RangeError where the secret is shorter. This happens when the application starts, not in the middle of a sale.
 */
export function customerTokens(secret: string | Uint8Array): (identity: string) => CustomerToken | undefined {
  const key = Buffer.from(typeof secret === 'string' ? Buffer.from(secret, 'utf8') : secret)
  if (key.length < shortestSecret) {
    throw new RangeError(`the secret for customer tokens must have at least ${shortestSecret} bytes`)
  }
  /** Undefined for an empty identity: all unknown customers would be one. Write the same identity always the same way. */
  return (identity) =>
    identity === ''
      ? undefined
      : (createHmac('sha256', key)
          .update(domain)
          .update(identity.normalize('NFC'), 'utf8')
          .digest('hex') as CustomerToken)
}

/** Phone, card, bank account, wallet and citizen numbers; addresses of mail. */
const rawIdentity = /^\+?[\d\s()-]{0,31}[xX]?$|@/

/**
 * Takes a pseudonym that the gateway already has, made with a keyed hash elsewhere, as it is.
 *
 * @throws RangeError where it is not 1 to 128 characters, or looks like the identity itself: a number, a mail address.
 */
export function knownToken(token: string): CustomerToken {
  if (!/^.{1,128}$/su.test(token)) throw new RangeError('a customer token has 1 to 128 characters')
  if (rawIdentity.test(token)) throw new RangeError('a customer token must be a pseudonym, not a number or an address')
  return token as CustomerToken
}
