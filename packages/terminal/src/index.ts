/** What a till or a gateway embeds to report to Tillsight; see the README. */

export { customerTokens, knownToken, type CustomerToken } from './customer-token.ts'
export type * from './events.ts'
export { openOutbox, type Outbox, type OutboxOptions, type OutboxStatus } from './outbox.ts'
export type { Problem, ProblemKind } from './problems.ts'
export { NotAQueue, OutboxInUse } from './queue-file.ts'
export type { RefusedEvent } from './refused-event.ts'
export { RecordError, type Receipt } from './receipt.ts'
export type { Happening, Terminal } from './terminal.ts'
