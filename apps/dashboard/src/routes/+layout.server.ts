import type { LayoutServerLoad } from './$types'

/** Only what the frame of a page needs: whether there is somebody to sign out, and whether there is a list to go back to. */
export const load: LayoutServerLoad = ({ locals }) => ({ role: locals.principal?.role ?? null })
