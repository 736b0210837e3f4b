
    SELECT merchantNo, max(newest) AS newest, sum(rows) AS events
    FROM (
      SELECT merchantNo, toInt64(max(receivedAt)) AS newest, count() AS rows
      FROM checkout_events WHERE merchantNo IN {p1:Array(String)} AND receivedAt < {p2:Int64} GROUP BY merchantNo
      UNION ALL
      SELECT merchantNo, toInt64(max(receivedAt)), count()
      FROM terminal_reports WHERE merchantNo IN {p3:Array(String)} AND receivedAt < {p4:Int64} GROUP BY merchantNo
    )
    GROUP BY merchantNo
