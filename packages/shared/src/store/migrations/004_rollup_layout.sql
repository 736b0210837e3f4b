-- The rollup again (what it holds is said in 003), laid out for what reads it: a provider's merchants lie scattered among all, so a
-- granule holds few days of others, and a merchant's days lie together for a year. It is derived from the log anew. Under a new
-- name, so that replicas that start together can't take it away from each other.
CREATE TABLE IF NOT EXISTS checkouts_by_day
(
    merchantNo      String CODEC(ZSTD(1)),
    day             Date CODEC(ZSTD(1)),
    rolledTo        Int64 CODEC(Delta, ZSTD(1)),            -- every event received before it is in, UTC milliseconds
    at              Array(Int64) CODEC(Delta, ZSTD(1)),
    asked           Array(Bool),
    a               Array(UInt64) CODEC(ZSTD(1)),
    firstAmount     Array(UInt64) CODEC(ZSTD(1)),
    terminalNo      Array(LowCardinality(String)),
    state           Array(LowCardinality(String)),
    refused         Array(Bool),
    codeSystem      Array(LowCardinality(String)),
    codeValue       Array(LowCardinality(String)),
    channelDisabled Array(Bool),
    reasonTerminal  Array(LowCardinality(String)),
    reasonAt        Array(Int64) CODEC(Delta, ZSTD(1)),
    result          Array(LowCardinality(String)),
    paid            Array(UInt64) CODEC(ZSTD(1)),
    savedBy         Array(LowCardinality(String)),
    customer        Array(UInt64) CODEC(ZSTD(1)),
    ageBand         Array(LowCardinality(String)),
    returning       Array(LowCardinality(String)),
    paidAt          Array(Array(Int64)) CODEC(ZSTD(1)),
    -- Of events timed on this day, by terminal: the first of all, and the newest sale that Huabei did not pay (0: none).
    seenTerminal    Array(LowCardinality(String)),
    firstSeen       Array(Int64) CODEC(Delta, ZSTD(1)),
    newestSale      Array(Int64) CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(rolledTo)
PARTITION BY toYear(day)
ORDER BY (merchantNo, day)
TTL day + INTERVAL 25 MONTH
-- Parts are compact however large: a page reads most columns of a few granules, and a file for each column costs three times
-- as much.
SETTINGS index_granularity = 64, ttl_only_drop_parts = 1,
    min_bytes_for_wide_part = 1099511627776, min_rows_for_wide_part = 1099511627776;

TRUNCATE TABLE rollup_progress;
DROP TABLE IF EXISTS checkout_days;
