-- What events tell of each terminal: the first of all, and the newest sale that Huabei did not pay. Every figure asks for it, and
-- looked through all of its days for it in `rolled_checkouts`. Smallest and largest only: whatever is added again changes nothing.
CREATE TABLE IF NOT EXISTS terminals_seen
(
    merchantNo String CODEC(ZSTD(1)),
    terminalNo String CODEC(ZSTD(1)),
    firstSeen  SimpleAggregateFunction(min, Int64),         -- UTC milliseconds
    newestSale SimpleAggregateFunction(max, Int64)          -- UTC milliseconds; 0: none
)
ENGINE = AggregatingMergeTree
ORDER BY (merchantNo, terminalNo)
SETTINGS index_granularity = 256;

-- Days are rolled up anew, which fills it.
TRUNCATE TABLE rollup_progress;
