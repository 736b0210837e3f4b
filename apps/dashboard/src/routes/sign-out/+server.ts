import { redirect } from '@sveltejs/kit'
import { forget } from '#server/session.ts'
import type { RequestHandler } from './$types'

export const POST: RequestHandler = ({ cookies, url }) => {
  forget(cookies, url)
  redirect(303, '/sign-in')
}
