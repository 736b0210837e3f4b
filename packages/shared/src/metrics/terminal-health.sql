
    SELECT terminalNo, huabei, lastEventAt, received, numbers, missing, thisWeek, clockOffsetMs, heardForMs,
      medianDelay, p95Delay,
      toBool(empty(hours) OR arraySum(week -> arraySum(heard ->
        if((heard + 168 * week) > hours[-1] AND (heard + 168 * week) < toInt64(498648), intDiv(12, least(4, intDiv((heard + 168 * week) - hours[1], 168)) - intDiv((heard + 168 * week) - hours[-1] - 1, 168)), 0),
        hours), [1, 2, 3, 4]) >= 72) AS silent
    FROM (
      SELECT terminalNo, max(state) AS huabei, max(newest) AS lastEventAt
      FROM (
        SELECT terminalNo, '' AS state, max(time) AS newest
        FROM checkout_events WHERE merchantNo = '898584058120001' GROUP BY terminalNo
        UNION ALL
        SELECT terminalNo, argMaxIf(huabei, (time, id, body), huabei != ''), max(time)
        FROM terminal_reports WHERE merchantNo = '898584058120001' AND NOT startsWith(id, 'declared-') GROUP BY terminalNo
      )
      GROUP BY terminalNo
    ) AS everHeard
    LEFT JOIN (
      SELECT terminalNo,
        count() AS received,
        uniqExactIf(sequence, sequence >= 0) AS numbers,
        maxIf(sequence, sequence >= 0) - minIf(sequence, sequence >= 0) + 1 - numbers AS missing,
        countIf(time > toInt64(1794528000000)) AS thisWeek,
        minIf(arrived - time, time > toInt64(1794528000000)) AS clockOffsetMs,
        max(arrived) - min(arrived) AS heardForMs,
        quantileExactIf(0.5)(arrived - time, time > toInt64(1794528000000)) AS medianDelay,
        quantileExactIf(0.95)(arrived - time, time > toInt64(1794528000000)) AS p95Delay,
        arraySort(groupUniqArray(intDiv(arrived, 3600000))) AS hours
      FROM (
    SELECT terminalNo, id, time, sequence, min(receivedAt) AS arrived
    FROM (
      SELECT terminalNo, id, time, sequence, toInt64(receivedAt) AS receivedAt
      FROM checkout_events
      WHERE merchantNo = '898584058120001' AND time >= toInt64(1792540800001) AND time < toInt64(1795219200000) AND day BETWEEN toDate('2026-10-21') AND toDate('2026-11-21')
      UNION ALL
      SELECT terminalNo, id, time, sequence, toInt64(receivedAt) AS receivedAt
      FROM terminal_reports
      WHERE merchantNo = '898584058120001' AND time >= toInt64(1792540800001) AND time < toInt64(1795219200000) AND NOT startsWith(id, 'declared-')
    )
    GROUP BY terminalNo, id, time, sequence)
      GROUP BY terminalNo
    ) AS lastMonth USING (terminalNo)
