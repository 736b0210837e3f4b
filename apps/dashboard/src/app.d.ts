import type { Principal } from '@tillsight/shared/registry/keys.ts'
import type { Shown } from '#lib/frame.ts'

declare global {
  namespace App {
    interface Locals {
      /** Who is signed in. Undefined only on the pages that are open to everyone. */
      principal: Principal | undefined
    }

    interface PageData {
      /** Of a page with figures: what it shows, null where it could not be fetched. */
      shown?: Shown | null
      /** What the page shows is still made, and takes long. */
      waits?: boolean
    }
  }
}

export {}
