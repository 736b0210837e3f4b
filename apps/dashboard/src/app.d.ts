import type { Principal } from '@tillsight/shared/registry/keys.ts'

declare global {
  namespace App {
    interface Locals {
      /** Who is signed in. Undefined only on the pages that are open to everyone. */
      principal: Principal | undefined
    }
  }
}

export {}
