-- p1 = 60000
-- p2 = [29891040,29892480]
-- p3 = ["TECH_NO_SUPPORT","LEGACY_INCOMPATIBLE","CHANNEL_COMPETITION","POLICY_LICENCE","NO_AGREEMENT","MARGIN_FEE","COST_BENEFIT","RISK_APPETITE","CUSTOMER_MIX"]
-- p4 = ["TECH_NO_SUPPORT","LEGACY_INCOMPATIBLE","CHANNEL_COMPETITION","SILENT_SUBSTITUTION","POLICY_LICENCE","NO_AGREEMENT","MARGIN_FEE","COST_BENEFIT","RISK_APPETITE","CUSTOMER_MIX"]
-- p5 = ["TECH_NO_SUPPORT","LEGACY_INCOMPATIBLE","CHANNEL_COMPETITION","SILENT_SUBSTITUTION","POLICY_LICENCE","NO_AGREEMENT","MARGIN_FEE","COST_BENEFIT","RISK_APPETITE","CUSTOMER_MIX"]
-- p6 = 900000
-- p7 = 900000
-- p8 = 1793664000000
-- p9 = ["LOCAL POS_METHOD_NOT_IMPLEMENTED","LOCAL POS_CUSTOMER_ASKED_NOT_TRIED","ISO8583 58","ISO8583 97","LOCAL POS_FIRMWARE_TOO_OLD","LOCAL POS_NO_SCANNER","ALIPAY ACQ.NOT_SUPPORT_PAYMENT_INST","LOCAL POS_CHANNEL_CLOSED","ALIPAY ACQ.RESTRICTED_MERCHANT_INDUSTRY","LOCAL POS_LICENCE_REGION","ALIPAY ACQ.ACCESS_FORBIDDEN","ALIPAY ACQ.UN_SUPPORT_TRADE_SCENE","ALIPAY ACQ.MERCHANT_AGREEMENT_NOT_EXIST","ALIPAY ACQ.MERCHANT_AGREEMENT_INVALID","ISO8583 03","ISO8583 40","LOCAL POS_CASHIER_REFUSED","ALIPAY ACQ.BUYER_BALANCE_NOT_ENOUGH","ALIPAY ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR","ALIPAY ACQ.BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR","ISO8583 51","ISO8583 61","ISO8583 65","ALIPAY ACQ.BUYER_ENABLE_STATUS_FORBID","ALIPAY ACQ.NOT_CERTIFIED_USER","ISO8583 57","ISO8583 62","ALIPAY ACQ.PRODUCT_AMOUNT_LIMIT_ERROR","ALIPAY ACQ.BEYOND_PAY_RESTRICTION","ISO8583 13","ALIPAY ACQ.PAYMENT_REQUEST_HAS_RISK","ALIPAY ACQ.SELLER_BEEN_BLOCKED","ISO8583 05","ISO8583 34","ISO8583 59","ISO8583 63","ALIPAY ACQ.SYSTEM_ERROR","ISO8583 68","ISO8583 91","ISO8583 92","ISO8583 96","ISO8583 98","WECHAT SYSTEMERROR","WECHAT BANKERROR","ALIPAY ACQ.PAYMENT_AUTH_CODE_INVALID","ALIPAY ACQ.INVALID_PARAMETER","ISO8583 12","ISO8583 17","ISO8583 30"]
-- p10 = ["TECH_NO_SUPPORT","TECH_NO_SUPPORT","TECH_NO_SUPPORT","TECH_NO_SUPPORT","LEGACY_INCOMPATIBLE","LEGACY_INCOMPATIBLE","LEGACY_INCOMPATIBLE","CHANNEL_COMPETITION","POLICY_LICENCE","POLICY_LICENCE","NO_AGREEMENT","NO_AGREEMENT","NO_AGREEMENT","NO_AGREEMENT","NO_AGREEMENT","NO_AGREEMENT","CUSTOMER_MIX","BUYER_CREDIT","BUYER_CREDIT","BUYER_CREDIT","BUYER_CREDIT","BUYER_CREDIT","BUYER_CREDIT","BUYER_ACCOUNT","BUYER_ACCOUNT","BUYER_ACCOUNT","BUYER_ACCOUNT","LIMIT","LIMIT","LIMIT","RISK_DECLINE","RISK_DECLINE","RISK_DECLINE","RISK_DECLINE","RISK_DECLINE","RISK_DECLINE","SYSTEM","SYSTEM","SYSTEM","SYSTEM","SYSTEM","SYSTEM","SYSTEM","SYSTEM","OPERATION","OPERATION","OPERATION","OPERATION","OPERATION"]
-- p11 = "898584058120001"
-- p12 = "2026-10-31"
-- p13 = "2026-11-02"
-- p14 = 20758
-- p15 = 20758
-- p16 = "898584058120001 20758"
-- p17 = 1793462400000
-- p18 = 1793635200000
-- p19 = 86400000
-- p20 = 900000
-- p21 = 86400000
-- p22 = "898584058120001"
-- p23 = "2026-10-30"
-- p24 = "2026-11-05"
-- p25 = 1793318400000
-- p26 = 1793836800000
-- p27 = 1793491200000
-- p28 = 1793577600000
-- p29 = 86400000
-- p30 = 20758
-- p31 = 20758
-- p32 = 86400000
-- p33 = "898584058120001 20758"
-- p34 = "898584058120001"
-- p35 = "898584058120001"
-- p36 = "898584058120001"
-- p37 = 20758
-- p38 = 20758
-- p39 = "898584058120001 20758"

    SELECT roundDown(at, arrayMap(minute -> minute * {p1:Int64}, {p2:Array(Int64)})) AS bucket, state, reason, outcome, toBool(explicit) AS explicit,
      count() AS checkouts, sum(a) AS amount, sum(paid) AS paid, sum(lost) AS lost
    FROM (SELECT `merchantNo`, `at`, `asked`, `state`, `a`, `paid`, if(cause IN {p3:Array(String)} AND observed IN {p4:Array(String)}, cause, observed) AS `reason`, 
  multiIf(
    NOT observed IN {p5:Array(String)}, '',
    result != 'left', result,
    newestSale >= at + {p6:Int64}, 'abandoned',
    at + {p7:Int64} > {p8:Int64}, 'open',
    'unknown') AS `outcome`, result = 'abandoned' AS `explicit`, multiIf(outcome = 'abandoned', toInt64(a), outcome = 'downsized', toInt64(a) - toInt64(paid), 0) AS `lost` FROM 
        
  (
    SELECT merchantNo, `at`, `asked`, `state`, `a`, `paid`, `refused`, `codeSystem`, `codeValue`, `channelDisabled`, `result`, `terminalNo`, `reasonTerminal`, `reasonAt`, if(state = 'declined', multiIf(
        NOT refused, 'SILENT_SUBSTITUTION',
        false, '',
        channelDisabled, 'CHANNEL_COMPETITION',
        transform(concat(codeSystem, ' ', codeValue), {p9:Array(String)}, {p10:Array(String)}, 'UNMAPPED')), '') AS observed FROM (
      
    SELECT merchantNo, `at`, `asked`, `state`, `a`, `paid`, `refused`, `codeSystem`, `codeValue`, `channelDisabled`, `result`, `terminalNo`, `reasonTerminal`, `reasonAt` FROM rolled_checkouts FINAL ARRAY JOIN `at`, `asked`, `state`, `a`, `paid`, `refused`, `codeSystem`, `codeValue`, `channelDisabled`, `result`, `terminalNo`, `reasonTerminal`, `reasonAt`
    WHERE merchantNo = {p11:String} AND day BETWEEN toDate({p12:String}) AND toDate({p13:String}) AND NOT (day BETWEEN toDate({p14:Int64}) AND toDate({p15:Int64}) AND concat(merchantNo, ' ', toString(toUInt16(day))) = {p16:String}) AND at >= {p17:Int64} AND at < {p18:Int64}
      UNION ALL
      SELECT merchantNo, `at`, `asked`, `state`, `a`, `paid`, `refused`, `codeSystem`, `codeValue`, `channelDisabled`, `result`, `terminalNo`, `reasonTerminal`, `reasonAt` FROM (
  SELECT merchantNo, checkout, at, asked, a, firstAmount, terminalNo, state, refused, codeSystem, codeValue, channelDisabled,
    reasonTerminal, reasonAt, paid, savedBy, customer, ageBand, returning, paidAt,
    multiIf(
      paid >= a, if(inWallet, 'recoveredInWallet', 'recoveredOther'),
      paid > 0, 'downsized',
      nextPaidAt > at AND nextPaidAt <= at + {p19:Int64}, 'deferred',
      explicit, 'abandoned',
      'left') AS result
  FROM (
    -- A name that is used twice is resolved twice, so whatever is used again is a column of a step before.
    SELECT merchantNo, sipHash64(checkoutId) AS checkout, at, asked, a, firstAmount, t0Terminal AS terminalNo, refused, codeSystem, codeValue, channelDisabled,
      customer, ageBand, returning, nextPaidAt, explicit,
      multiIf(NOT asked, '', approved, 'approved', NOT substituted AND NOT refused AND awaiting, 'pending', 'declined') AS state,
      multiIf(refused, refusedTerminal, substituted, substitutedTerminal, t0Terminal) AS reasonTerminal,
      multiIf(refused, refusedAt, substituted, substitutedAt, at) AS reasonAt,
      arraySum(within.2) AS paid,
      has(within.3, true) AS inWallet,
      arrayElement(arraySort((method, n) -> n, within.4, within.5), 1) AS savedBy,
      payments.1 AS paidAt
    FROM (
      SELECT *, arrayFilter(p -> p.1 BETWEEN at AND at + {p20:Int64}, payments) AS within
      FROM (
  SELECT * FROM (
    SELECT *,
      minIf(momentAt, isPayment) OVER (
        PARTITION BY merchantNo, customer, if(customer = 0, checkoutId, '')
        ORDER BY momentAt DESC, isPayment
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS nextPaidAt
    FROM (
      SELECT *, arrayJoin(arrayConcat([(at, false)], arrayMap(p -> (p.1, true), payments))) AS moment,
        moment.1 AS momentAt, moment.2 AS isPayment
      FROM (
  SELECT merchantNo, checkoutId,
    max(requestN) > 0 AS asked,
    if(asked, argMinIf(requestAt, requestN, requestN > 0), argMinIf(spokenAt, spokenN, state > 0)) AS at,
    argMinIf(requestAmount, requestN, requestN > 0) AS a,
    argMinIf(spokenAmount, spokenN, state > 0) AS firstAmount,
    argMinIf(requestTerminal, requestN, requestN > 0) AS t0Terminal,
    max(state = 3 AND spokenHuabei) AS approved,
    max(state = 3 AND spokenAsks AND NOT spokenHuabei) AS substituted,
    argMinIf(spokenAt, spokenN, state = 3 AND spokenAsks AND NOT spokenHuabei) AS substitutedAt,
    argMinIf(spokenTerminal, spokenN, state = 3 AND spokenAsks AND NOT spokenHuabei) AS substitutedTerminal,
    max(refusalN) > 0 AS refused,
    argMinIf(refusalAt, refusalN, refusalN > 0) AS refusedAt,
    argMinIf(refusalTerminal, refusalN, refusalN > 0) AS refusedTerminal,
    argMinIf(refusalSystem, refusalN, refusalN > 0) AS codeSystem,
    argMinIf(refusalValue, refusalN, refusalN > 0) AS codeValue,
    argMinIf(refusalDisabled, refusalN, refusalN > 0) AS channelDisabled,
    max(state = 1 AND spokenAsks) AS awaiting,
    argMinIf(customerIs, customerN, customerN > 0) AS customer,
    argMinIf(ageBandIs, ageBandN, ageBandN > 0) AS ageBand,
    toString(argMinIf(returningIs, returningN, returningN > 0)) AS returning,
    max(abandoned) AS explicit,
    groupArrayIf((spokenAt, spokenAmount, spokenAsks, spokenMethod, spokenN), state = 3 AND NOT reversed) AS payments
  FROM (
  SELECT merchantNo, checkoutId, attempt,
    maxIf(toUInt8(kind), toUInt8(kind) <= 3) AS state,
    argMax(n, voice) AS spokenN,
    argMax(time, voice) AS spokenAt,
    argMax(amount, voice) AS spokenAmount,
    argMax(method, voice) AS spokenMethod,
    argMax(terminalNo, voice) AS spokenTerminal,
    argMax(asksHuabei, voice) AS spokenAsks,
    argMax(paidByHuabei, voice) AS spokenHuabei,
    countIf(kind = 'reversed') > 0 AND minIf(time, kind = 'reversed') <= spokenAt + {p21:Int64} AS reversed,
    minIf(n, asksHuabei) AS requestN,
    argMinIf(time, n, asksHuabei) AS requestAt,
    argMinIf(amount, n, asksHuabei) AS requestAmount,
    argMinIf(terminalNo, n, asksHuabei) AS requestTerminal,
    minIf(n, refuses) AS refusalN,
    argMinIf(time, n, refuses) AS refusalAt,
    argMinIf(terminalNo, n, refuses) AS refusalTerminal,
    argMinIf(codeSystem, n, refuses) AS refusalSystem,
    argMinIf(codeValue, n, refuses) AS refusalValue,
    argMinIf(channelDisabled, n, refuses) AS refusalDisabled,
    minIf(n, customer != 0) AS customerN,
    argMinIf(customer, n, customer != 0) AS customerIs,
    minIf(n, ageBand != '') AS ageBandN,
    argMinIf(ageBand, n, ageBand != '') AS ageBandIs,
    minIf(n, returning != '') AS returningN,
    argMinIf(returning, n, returning != '') AS returningIs,
    max(kind = 'abandoned') AS abandoned
  FROM (SELECT *, if(toUInt8(kind) <= 3, toInt64(kind) * 4294967296 - n, 0) AS voice FROM (
  SELECT merchantNo, checkoutId, kind, attempt, time, amount, method, asksHuabei, paidByHuabei, terminalNo,
    codeSystem, codeValue, channelDisabled, customer, ageBand, returning,
    row_number() OVER (PARTITION BY merchantNo, checkoutId ORDER BY time, id, terminalNo, body) AS n,
    asksHuabei AND kind = 'declined' AS refuses
  FROM checkout_events
  WHERE merchantNo = {p22:String} AND day BETWEEN toDate({p23:String}) AND toDate({p24:String}) AND time BETWEEN {p25:Int64} AND {p26:Int64} AND true))
  GROUP BY merchantNo, checkoutId, attempt)
  GROUP BY merchantNo, checkoutId
  HAVING max(state) > 0)
    )
  )
  WHERE NOT isPayment)
      WHERE at >= {p27:Int64} AND at < {p28:Int64}
    )
  ))
      WHERE toDate(intDiv(at, {p29:Int64})) BETWEEN toDate({p30:Int64}) AND toDate({p31:Int64}) AND concat(merchantNo, ' ', toString(toUInt16(toDate(intDiv(at, {p32:Int64}))))) = {p33:String}
    )) AS derived
  ASOF LEFT JOIN (
    SELECT merchantNo AS declaredBy, terminalNo AS declaredAt, time AS declaredFrom,
      argMax(terminal_reports.cause, (id, body)) AS cause
    FROM terminal_reports
    WHERE merchantNo = {p34:String} AND hasCause
    GROUP BY merchantNo, terminalNo, time
  ) AS causes
    ON declaredBy = derived.merchantNo AND declaredAt = derived.reasonTerminal AND declaredFrom <= derived.reasonAt ANY LEFT JOIN (
  SELECT merchantNo AS soldBy, terminalNo AS soldOn, newestSale
  FROM (
    SELECT merchantNo, terminalNo, min(firstSeen) AS firstSeen, max(newestSale) AS newestSale
    FROM (SELECT merchantNo, terminalNo, firstSeen, newestSale FROM terminals_seen WHERE merchantNo = {p35:String} UNION ALL 
  SELECT merchantNo, terminalNo, min(time) AS firstSeen, maxIf(time, kind = 'succeeded' AND NOT paidByHuabei) AS newestSale
  FROM checkout_events WHERE merchantNo = {p36:String} AND day BETWEEN toDate({p37:Int64}) AND toDate({p38:Int64}) AND concat(merchantNo, ' ', toString(toUInt16(day))) = {p39:String} GROUP BY merchantNo, terminalNo) GROUP BY merchantNo, terminalNo) WHERE newestSale != 0) AS sellers
          ON soldBy = derived.merchantNo AND soldOn = derived.terminalNo)
    WHERE asked AND true
    GROUP BY bucket, state, reason, outcome, explicit
