-- Derived checkouts, kept: one row for each merchant and UTC day of `at` (t₀, else the earliest attempt), its checkouts in
-- arrays that belong together place by place. A row is replaced as a whole; nothing is ever added to one. What the columns
-- mean is said where they are derived, metrics/derivation.ts. Reason, cause and the outcome of those who left are not here:
-- they are judged when a figure is read.
CREATE TABLE IF NOT EXISTS checkout_days
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
PARTITION BY toYYYYMM(day)
ORDER BY (merchantNo, day)
TTL day + INTERVAL 25 MONTH
-- Parts are compact however large: a page reads most columns of a few granules, and a file for each column costs three times
-- as much.
SETTINGS index_granularity = 256, ttl_only_drop_parts = 1,
    min_bytes_for_wide_part = 1099511627776, min_rows_for_wide_part = 1099511627776;

-- Up to which arrival every touched merchant-day was rolled up.
CREATE TABLE IF NOT EXISTS rollup_progress
(
    id       UInt8,
    rolledTo SimpleAggregateFunction(max, Int64)
)
ENGINE = AggregatingMergeTree
ORDER BY id;

-- Finds what arrived since, without reading what arrived before.
ALTER TABLE checkout_events ADD INDEX IF NOT EXISTS received receivedAt TYPE minmax GRANULARITY 1;
ALTER TABLE checkout_events MATERIALIZE INDEX IF EXISTS received;

-- What an insert synced is gone from the disk once a merge has copied it, so what a merge writes is synced too.
ALTER TABLE checkout_events MODIFY SETTING min_rows_to_fsync_after_merge = 1;
ALTER TABLE terminal_reports MODIFY SETTING min_rows_to_fsync_after_merge = 1;
ALTER TABLE quarantine MODIFY SETTING min_rows_to_fsync_after_merge = 1;
