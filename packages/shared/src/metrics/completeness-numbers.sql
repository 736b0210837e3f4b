
    SELECT
      sumMapIf([roundDown(at, CAST([1794240000000], 'Array(Int64)'))], [missing], missing > 0) AS missingByDay,
      missingByDay.1 AS gapDays, missingByDay.2 AS gapDaysMissing,
      countIf(missing > 0) AS gapCount, countIf(restarted) AS restartCount, countIf(repeated) AS repeatedCount,
      groupArraySortedIf(1000)(
        (-missing, -at, toString(below + 1), toString(sequence - 1), belowAt), missing > 0) AS gaps,
      groupArraySortedIf(1000)(
        (-at, toString(sequence), toString(restartedFrom)), restarted) AS restarts
    FROM (
    SELECT *,
      lagInFrame(sequence, 1, sequence - 1) OVER byNumber AS below,
      lagInFrame(at, 1, at) OVER byNumber AS belowAt,
      sequence - below - 1 AS missing
    FROM (
    SELECT run, sequence, min(time) AS at, max(restarts) AS restarted, argMin(previous, time) AS restartedFrom,
      count() > 1 AS repeated
    FROM (
    SELECT *, sum(restarts) OVER (ORDER BY time, sequence ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS run
    FROM (
    SELECT time, sequence,
      lagInFrame(sequence, 1, sequence) OVER byTime AS previous,
      lagInFrame(arrived, 1, arrived) OVER byTime AS previousArrived,
      previous > 2 * sequence AND previousArrived <= arrived AS restarts
    FROM (
    SELECT time, sequence, min(receivedAt) AS arrived
    FROM (
      SELECT time, sequence, toInt64(receivedAt) AS receivedAt
      FROM checkout_events
      WHERE merchantNo = '898584058120001' AND time >= toInt64(1791648000000) AND time < toInt64(1794412800000) AND terminalNo = '10000001' AND sequence >= 0 AND day BETWEEN toDate('2026-10-10') AND toDate('2026-11-11')
      UNION ALL
      SELECT time, sequence, toInt64(receivedAt) AS receivedAt
      FROM terminal_reports
      WHERE merchantNo = '898584058120001' AND time >= toInt64(1791648000000) AND time < toInt64(1794412800000) AND terminalNo = '10000001' AND sequence >= 0 AND NOT startsWith(id, 'declared-')
    )
    GROUP BY time, sequence)
    WINDOW byTime AS (ORDER BY time, sequence ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW))) GROUP BY run, sequence)
    WINDOW byNumber AS (PARTITION BY run ORDER BY sequence ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW))
    WHERE at >= toInt64(1794240000000) AND at < toInt64(1794326400000) AND (missing > 0 OR restarted OR repeated)
