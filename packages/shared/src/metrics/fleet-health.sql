
    SELECT merchantNo, groupArray((terminalNo, lastEventAt, lastArrivedAt, received, thisWeek, missedTwelfths, numbered, missing,
        clockOffsetMs, history, medianDelay, p95Delay)) AS terminals
    FROM (
      SELECT merchantNo, terminalNo,
        arrayFilter((e, previous, place) -> place = 1 OR e.1 != previous.1 OR e.2 != previous.2,
          events, arrayShiftRight(`events`, 1, `events`[1]), arrayEnumerate(events)) AS firsts,
        length(firsts) AS received, firsts[-1].1 AS lastEventAt, arrayMax(firsts.3) AS lastArrivedAt,
        arrayFilter(e -> e.1 > toInt64(1794549600000), firsts) AS week,
        length(week) AS thisWeek,
        if(thisWeek = 0, 0, arrayMin(e -> e.3 - e.1, week)) AS clockOffsetMs,
        arrayMin(firsts.3) AS firstArrivedAt,
        arrayMap(e -> e.3 - e.1, arrayFilter(e -> e.1 + clockOffsetMs >= firstArrivedAt, week)) AS delays,
        thisWeek - length(delays) AS history,
        arrayReduce('quantileExact(0.5)', delays) AS medianDelay,
        arrayReduce('quantileExact(0.95)', delays) AS p95Delay,
        arraySort(arrayDistinct(arrayMap(e -> intDiv(e.3, 3600000), firsts))) AS hours,
        arraySum(week -> arraySum(heard ->
        if((heard + 168 * week) > hours[-1] AND (heard + 168 * week) < toInt64(498654), intDiv(12, least(4, intDiv((heard + 168 * week) - hours[1], 168)) - intDiv((heard + 168 * week) - hours[-1] - 1, 168)), 0),
        hours), [1, 2, 3, 4]) AS missedTwelfths,
        arrayFilter(e -> e.2 >= 0, firsts) AS counted,
        length(counted) AS numbered,
        counted.1 AS times, counted.2 AS sequences, counted.3 AS arrivals,
        arrayCumSum(arrayMap((s, a, previous, previousArrived) -> previous > 2 * s AND previousArrived <= a,
          sequences, arrivals, arrayShiftRight(`sequences`, 1, `sequences`[1]), arrayShiftRight(`arrivals`, 1, `arrivals`[1]))) AS runs,
        arraySort(arrayZip(runs, sequences, times)) AS inRuns,
        arraySum((n, previous) -> if(n.1 = previous.1 AND n.3 <= toInt64(1795153800000), greatest(0, n.2 - previous.2 - 1), 0),
          inRuns, arrayShiftRight(`inRuns`, 1, `inRuns`[1])) AS missing
      FROM (
    SELECT merchantNo, terminalNo, arraySort(groupArray((time, sequence, receivedAt))) AS events
    FROM (
      SELECT merchantNo, terminalNo, time, sequence, toInt64(receivedAt) AS receivedAt
      FROM checkout_events
      WHERE (merchantNo IN ['898584058120001', '898584058120002']) AND time >= toInt64(1792562400001) AND time < toInt64(1795240800000) AND day BETWEEN toDate('2026-10-21') AND toDate('2026-11-21')
      UNION ALL
      SELECT merchantNo, terminalNo, time, sequence, toInt64(receivedAt) AS receivedAt
      FROM terminal_reports
      WHERE (merchantNo IN ['898584058120001', '898584058120002']) AND time >= toInt64(1792562400001) AND time < toInt64(1795240800000)
    )
    GROUP BY merchantNo, terminalNo)
    )
    GROUP BY merchantNo


    SELECT merchantNo, groupArray((terminalNo, lastEventAt)) AS terminals
    FROM (
      SELECT merchantNo, terminalNo, max(newest) AS lastEventAt
      FROM (
        SELECT merchantNo, terminalNo, max(time) AS newest
        FROM checkout_events WHERE (merchantNo IN ['898584058120001', '898584058120002']) GROUP BY merchantNo, terminalNo
        UNION ALL
        SELECT merchantNo, terminalNo, max(time)
        FROM terminal_reports WHERE (merchantNo IN ['898584058120001', '898584058120002']) GROUP BY merchantNo, terminalNo
      )
      GROUP BY merchantNo, terminalNo
    )
    GROUP BY merchantNo
