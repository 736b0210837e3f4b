
    SELECT terminalNo, huabei, lastEventAt, received, numbers, missing, thisWeek, clockOffsetMs, medianDelay, p95Delay,
      toBool(empty(hours) OR arraySum(week -> arraySum(heard ->
        if((heard + 168 * week) > hours[-1] AND (heard + 168 * week) < {p1:Int64}, intDiv(12, least(4, intDiv((heard + 168 * week) - hours[1], 168)) - intDiv((heard + 168 * week) - hours[-1] - 1, 168)), 0),
        hours), [1, 2, 3, 4]) >= 72) AS silent
    FROM (
      SELECT terminalNo, max(state) AS huabei, max(newest) AS lastEventAt
      FROM (
        SELECT terminalNo, '' AS state, max(time) AS newest
        FROM checkout_events WHERE merchantNo = {p2:String} GROUP BY terminalNo
        UNION ALL
        SELECT terminalNo, argMaxIf(huabei, (time, id, body), huabei != ''), max(time)
        FROM terminal_reports WHERE merchantNo = {p3:String} AND NOT startsWith(id, 'declared-') GROUP BY terminalNo
      )
      GROUP BY terminalNo
    ) AS everHeard
    LEFT JOIN (
      SELECT terminalNo,
        count() AS received,
        uniqExactIf(sequence, sequence >= 0) AS numbers,
        maxIf(sequence, sequence >= 0) - minIf(sequence, sequence >= 0) + 1 - numbers AS missing,
        countIf(time > {p4:Int64}) AS thisWeek,
        minIf(arrived - time, time > {p5:Int64}) AS clockOffsetMs,
        quantileExactIf(0.5)(arrived - time, time > {p6:Int64}) AS medianDelay,
        quantileExactIf(0.95)(arrived - time, time > {p7:Int64}) AS p95Delay,
        arraySort(groupUniqArray(intDiv(arrived, 3600000))) AS hours
      FROM (
    SELECT terminalNo, id, time, sequence, min(receivedAt) AS arrived
    FROM (
      SELECT terminalNo, id, time, sequence, toInt64(receivedAt) AS receivedAt
      FROM checkout_events
      WHERE merchantNo = {p8:String} AND time >= {p9:Int64} AND time < {p10:Int64} AND day BETWEEN toDate({p11:String}) AND toDate({p12:String})
      UNION ALL
      SELECT terminalNo, id, time, sequence, toInt64(receivedAt) AS receivedAt
      FROM terminal_reports
      WHERE merchantNo = {p13:String} AND time >= {p14:Int64} AND time < {p15:Int64} AND NOT startsWith(id, 'declared-')
    )
    GROUP BY terminalNo, id, time, sequence)
      GROUP BY terminalNo
    ) AS lastMonth USING (terminalNo)
