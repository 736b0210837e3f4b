-- p1 = 60000
-- p2 = [29891040,29892480]
-- p3 = "898584058120001"
-- p4 = "2026-10-31"
-- p5 = "898584058120001"
-- p6 = 86400000
-- p7 = 900000
-- p8 = 900000
-- p9 = 1793664000000
-- p10 = 900000
-- p11 = 86400000
-- p12 = "898584058120001"
-- p13 = "2026-10-29"
-- p14 = "2026-11-05"
-- p15 = 1793289600000
-- p16 = 1793894400000
-- p17 = 1793462400000
-- p18 = 1793635200000

    SELECT roundDown(t0, arrayMap(minute -> minute * {p1:Int64}, {p2:Array(Int64)})) AS bucket,
      state, outcome, toBool(refused) AS refused, codeSystem, codeValue, channelDisabled, cause,
      toBool(abandonedExplicitly) AS explicit,
      count() AS checkouts, sum(a) AS amount, sum(paid) AS paid
    FROM (
    WITH
      -- "Timed t0 + W or later": a sale before the span can't be, so the log is read from there on.
      sales AS (
        SELECT terminalNo AS soldAt, max(time) AS newestSale
        FROM checkout_events
        WHERE merchantNo = {p3:String} AND day >= toDate({p4:String})
          AND kind = 'succeeded' AND NOT paidByHuabei
        GROUP BY terminalNo
      ),
      -- "The last terminal.reported carrying one (by time, id)", one row for each moment at which a terminal declared.
      causes AS (
        SELECT terminalNo AS declaredAt, time AS declaredFrom, argMax(terminal_reports.cause, (id, body)) AS cause
        FROM terminal_reports
        WHERE merchantNo = {p5:String} AND hasCause
        GROUP BY terminalNo, time
      )
    SELECT t0, a, refused, codeSystem, codeValue, channelDisabled, cause, abandonedExplicitly, state, paid,
      multiIf(
        paid >= a, if(paidInWallet, 'recoveredInWallet', 'recoveredOther'),
        paid > 0, 'downsized',
        nextPaidAt > t0 AND nextPaidAt <= t0 + {p6:Int64}, 'deferred',
        abandonedExplicitly OR newestSale >= t0 + {p7:Int64}, 'abandoned',
        t0 + {p8:Int64} > {p9:Int64}, 'open',
        'unknown') AS outcome
    FROM (
      SELECT t0, a, t0Terminal, refused, codeSystem, codeValue, channelDisabled, abandonedExplicitly, nextPaidAt,
        multiIf(approved, 'approved', NOT substituted AND NOT refused AND awaiting, 'pending', 'declined') AS state,
        multiIf(refused, refusedTerminal, substituted, substitutedTerminal, t0Terminal) AS reasonTerminal,
        multiIf(refused, refusedAt, substituted, substitutedAt, t0) AS reasonAt,
        arrayFilter(p -> p.1 BETWEEN t0 AND t0 + {p10:Int64}, payments) AS within,
        arraySum(within.2) AS paid,
        arrayExists(p -> p.3, within) AS paidInWallet
      FROM (
  SELECT * FROM (
    SELECT *,
      minIf(at, isPayment) OVER (
        PARTITION BY customer, if(customer = 0, checkoutId, '')
        ORDER BY at DESC, isPayment
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS nextPaidAt
    FROM (
      SELECT *, arrayJoin(arrayConcat(if(attempted, [(t0, false)], []), arrayMap(p -> (p.1, true), payments))) AS moment,
        moment.1 AS at, moment.2 AS isPayment
      FROM (
  SELECT checkoutId,
    max(requestN) > 0 AS attempted,
    argMinIf(requestAt, requestN, requestN > 0) AS t0,
    argMinIf(requestAmount, requestN, requestN > 0) AS a,
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
    max(abandoned) AS abandonedExplicitly,
    groupArrayIf((spokenAt, spokenAmount, spokenAsks), state = 3 AND NOT reversed) AS payments
  FROM (
  SELECT checkoutId, attempt,
    maxIf(toUInt8(kind), toUInt8(kind) <= 3) AS state,
    argMax(n, voice) AS spokenN,
    argMax(time, voice) AS spokenAt,
    argMax(amount, voice) AS spokenAmount,
    argMax(terminalNo, voice) AS spokenTerminal,
    argMax(asksHuabei, voice) AS spokenAsks,
    argMax(paidByHuabei, voice) AS spokenHuabei,
    countIf(kind = 'reversed') > 0 AND minIf(time, kind = 'reversed') <= spokenAt + {p11:Int64} AS reversed,
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
    max(kind = 'abandoned') AS abandoned
  FROM (SELECT *, if(toUInt8(kind) <= 3, toInt64(kind) * 4294967296 - n, 0) AS voice FROM (
    SELECT checkoutId, kind, attempt, time, amount, asksHuabei, paidByHuabei, terminalNo,
      codeSystem, codeValue, channelDisabled, customer,
      row_number() OVER (PARTITION BY checkoutId ORDER BY time, id, terminalNo, body) AS n,
      asksHuabei AND kind = 'declined' AS refuses
    FROM checkout_events
    WHERE merchantNo = {p12:String}
      AND day BETWEEN toDate({p13:String}) AND toDate({p14:String}) AND time BETWEEN {p15:Int64} AND {p16:Int64}))
  GROUP BY checkoutId, attempt)
  GROUP BY checkoutId)
    )
  )
  WHERE NOT isPayment)
      WHERE t0 >= {p17:Int64} AND t0 < {p18:Int64}
    ) AS asked
    LEFT JOIN sales ON soldAt = t0Terminal
    ASOF LEFT JOIN causes ON declaredAt = reasonTerminal AND declaredFrom <= reasonAt)
    GROUP BY bucket, state, outcome, refused, codeSystem, codeValue, channelDisabled, cause, explicit
