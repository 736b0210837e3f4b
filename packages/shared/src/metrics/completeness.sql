
    SELECT roundDown(time, {p1:Array(Int64)}) AS dayStart,
      count() AS events, countIf(sequence >= 0) AS numbered,
      min(delay) AS minDelay, quantileExact(0.5)(delay) AS medianDelay, max(delay) AS maxDelay
    FROM (SELECT time, sequence, arrived - time AS delay FROM (
    SELECT terminalNo, id, time, sequence, min(receivedAt) AS arrived
    FROM (
      SELECT terminalNo, id, time, sequence, toInt64(receivedAt) AS receivedAt
      FROM checkout_events
      WHERE merchantNo = {p2:String} AND time >= {p3:Int64} AND time < {p4:Int64} AND terminalNo = {p5:String} AND day BETWEEN toDate({p6:String}) AND toDate({p7:String})
      UNION ALL
      SELECT terminalNo, id, time, sequence, toInt64(receivedAt) AS receivedAt
      FROM terminal_reports
      WHERE merchantNo = {p8:String} AND time >= {p9:Int64} AND time < {p10:Int64} AND terminalNo = {p11:String} AND NOT startsWith(id, 'declared-')
    )
    GROUP BY terminalNo, id, time, sequence))
    GROUP BY dayStart
