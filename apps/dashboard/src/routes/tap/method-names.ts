import { m } from '#paraglide/messages.js'
import type { Method } from './counter.ts'

export const methodNames: Record<Method, () => string> = {
  WECHAT: m.tap_method_WECHAT,
  ALIPAY: m.tap_method_ALIPAY,
  CASH: m.tap_method_CASH,
  CARD: m.tap_method_CARD,
  UNIONPAY_QR: m.tap_method_UNIONPAY_QR,
  OTHER: m.tap_method_OTHER,
}
