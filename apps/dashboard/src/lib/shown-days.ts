import { page } from '$app/state'
import type { DateRange } from '@tillsight/shared/metrics/intervals.ts'
import { getLocale } from '#paraglide/runtime.js'
import { days } from './format.ts'

/** Days in a text or a column of a page with figures: as short as its own today allows. */
export const shownDays = (range: DateRange): string => days(range, page.data.shown?.today ?? '', getLocale())
