
    SELECT merchantNo, max(newest) AS newest, sum(rows) AS events
    FROM (
      SELECT merchantNo, toInt64(max(receivedAt)) AS newest, count() AS rows
      FROM checkout_events WHERE merchantNo IN ['898584058120001', '898584058120002'] GROUP BY merchantNo
      UNION ALL
      SELECT merchantNo, toInt64(max(receivedAt)), count()
      FROM terminal_reports WHERE merchantNo IN ['898584058120001', '898584058120002'] GROUP BY merchantNo
    )
    GROUP BY merchantNo
