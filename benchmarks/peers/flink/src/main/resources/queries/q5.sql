WITH c AS (SELECT auction, COUNT(*) AS num, window_start AS ws, window_end AS we
  FROM TABLE(HOP(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '2' SECOND, INTERVAL '10' SECOND)) GROUP BY auction, window_start, window_end)
SELECT c.auction, c.num FROM c JOIN (SELECT MAX(num) AS maxn, ws, we FROM c GROUP BY ws, we) m
  ON c.ws = m.ws AND c.we = m.we AND c.num >= m.maxn
