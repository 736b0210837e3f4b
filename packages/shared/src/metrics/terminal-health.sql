
    SELECT terminalNo,
      argMaxIf(huabei, (time, id, body), huabei != '') AS huabei,
      max(time) AS lastEventAt,
      uniqExactIf(sequence, sequence >= 0 AND time > {p1:Int64}) AS sequences,
      maxIf(sequence, sequence >= 0 AND time > {p2:Int64})
        - minIf(sequence, sequence >= 0 AND time > {p3:Int64}) + 1 - sequences AS missing,
      countIf(time > {p4:Int64}) AS recent,
      minIf(receivedAt - time, time > {p5:Int64}) AS clockOffsetMs
    FROM (
      SELECT terminalNo, time, sequence, toInt64(receivedAt) AS receivedAt, '' AS huabei, '' AS id, '' AS body
      FROM checkout_events WHERE merchantNo = {p6:String}
      UNION ALL
      SELECT terminalNo, time, sequence, toInt64(receivedAt), huabei, id, body
      FROM terminal_reports WHERE merchantNo = {p7:String}
    )
    GROUP BY terminalNo
