/** `npm run i18n`: compiles messages/*.json to src/paraglide/, which checks and tests import. */

import { compile } from '@inlang/paraglide-js'
import { messageOptions } from './options.ts'

await compile({ ...messageOptions, strategy: [...messageOptions.strategy] })
