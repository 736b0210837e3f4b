
    SELECT roundDown(time, CAST([1794240000000], 'Array(Int64)')) AS dayStart,
      count() AS events, countIf(sequence >= 0) AS numbered,
      min(delay) AS minDelay, quantileExact(0.5)(delay) AS medianDelay, max(delay) AS maxDelay
    FROM (SELECT time, sequence, arrived - time AS delay FROM (
    SELECT terminalNo, id, time, sequence, min(receivedAt) AS arrived
    FROM (
      SELECT terminalNo, id, time, sequence, toInt64(receivedAt) AS receivedAt
      FROM checkout_events
      WHERE merchantNo = '898584058120001' AND time >= toInt64(1794240000000) AND time < toInt64(1794326400000) AND terminalNo = '10000001' AND day BETWEEN toDate('2026-11-09') AND toDate('2026-11-10')
      UNION ALL
      SELECT terminalNo, id, time, sequence, toInt64(receivedAt) AS receivedAt
      FROM terminal_reports
      WHERE merchantNo = '898584058120001' AND time >= toInt64(1794240000000) AND time < toInt64(1794326400000) AND terminalNo = '10000001' AND NOT startsWith(id, 'declared-')
    )
    GROUP BY terminalNo, id, time, sequence))
    GROUP BY dayStart
