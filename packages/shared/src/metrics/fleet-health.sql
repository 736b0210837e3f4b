
    SELECT merchantNo, groupArray((terminalNo, lastEventAt, lastArrivedAt, received, thisWeek, missedTwelfths, numbered, missing,
        clockOffsetMs, medianDelay, p95Delay)) AS terminals
    FROM (
      SELECT *,
        length(counted) AS numbered,
        counted.2 AS sequences, counted.3 AS arrivals,
        arrayCumSum(arrayMap((s, a, previous, previousArrived) -> previous > 2 * s AND previousArrived <= a,
          sequences, arrivals, arrayShiftRight(`sequences`, 1, `sequences`[1]), arrayShiftRight(`arrivals`, 1, `arrivals`[1]))) AS runs,
        arraySort(arrayZip(runs, sequences, arrivals)) AS inRuns,
        arraySum((n, previous) -> if(n.1 = previous.1 AND n.3 <= {p1:Int64}, greatest(0, n.2 - previous.2 - 1), 0),
          inRuns, arrayShiftRight(`inRuns`, 1, `inRuns`[1])) AS missing,
        arraySum(week -> arraySum(heard ->
        if((heard + 168 * week) > hours[-1] AND (heard + 168 * week) < {p2:Int64}, intDiv(12, least(4, intDiv((heard + 168 * week) - hours[1], 168)) - intDiv((heard + 168 * week) - hours[-1] - 1, 168)), 0),
        hours), [1, 2, 3, 4]) AS missedTwelfths
      FROM (
    SELECT merchantNo, terminalNo, count() AS received, max(time) AS lastEventAt, max(arrived) AS lastArrivedAt,
      countIf(time > {p3:Int64}) AS thisWeek,
      minIf(arrived - time, time > {p4:Int64}) AS clockOffsetMs,
      quantileExactIf(0.5)(arrived - time, time > {p5:Int64}) AS medianDelay,
      quantileExactIf(0.95)(arrived - time, time > {p6:Int64}) AS p95Delay,
      arraySort(groupUniqArray(intDiv(arrived, 3600000))) AS hours,
      arraySort(groupArrayIf((time, sequence, arrived), sequence >= 0)) AS counted
    FROM (
    SELECT merchantNo, terminalNo, time, sequence, min(receivedAt) AS arrived
    FROM (
      SELECT merchantNo, terminalNo, time, sequence, toInt64(receivedAt) AS receivedAt
      FROM checkout_events
      WHERE (merchantNo IN {p7:Array(String)}) AND time >= {p8:Int64} AND time < {p9:Int64} AND day BETWEEN toDate({p10:String}) AND toDate({p11:String})
      UNION ALL
      SELECT merchantNo, terminalNo, time, sequence, toInt64(receivedAt) AS receivedAt
      FROM terminal_reports
      WHERE (merchantNo IN {p12:Array(String)}) AND time >= {p13:Int64} AND time < {p14:Int64}
    )
    GROUP BY merchantNo, terminalNo, time, sequence)
    GROUP BY merchantNo, terminalNo)
    )
    GROUP BY merchantNo


    SELECT merchantNo, groupArray((terminalNo, lastEventAt)) AS terminals
    FROM (
      SELECT merchantNo, terminalNo, max(newest) AS lastEventAt
      FROM (
        SELECT merchantNo, terminalNo, max(time) AS newest
        FROM checkout_events WHERE (merchantNo IN {p1:Array(String)}) GROUP BY merchantNo, terminalNo
        UNION ALL
        SELECT merchantNo, terminalNo, max(time)
        FROM terminal_reports WHERE (merchantNo IN {p2:Array(String)}) GROUP BY merchantNo, terminalNo
      )
      GROUP BY merchantNo, terminalNo
    )
    GROUP BY merchantNo
