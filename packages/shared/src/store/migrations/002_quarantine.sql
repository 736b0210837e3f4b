-- Refused events (contract section 4). An entry is there while it was received later than it was taken out, so posting it
-- again, taking it twice, and doing both in any order or on any replica ends the same.
CREATE TABLE IF NOT EXISTS quarantine
(
    poster     String CODEC(ZSTD(1)),                       -- the provider whose key posted it; '': the operator
    id         String CODEC(ZSTD(1)),                       -- follows from poster, code and event: the same one again is no second entry
    keyId      String CODEC(ZSTD(1)),
    merchantNo String CODEC(ZSTD(1)),                       -- of `source`; '': it names none
    source     String CODEC(ZSTD(1)),                       -- as sent; '': none that can be read
    code       LowCardinality(String),
    pointer    String CODEC(ZSTD(1)),
    detail     String CODEC(ZSTD(1)),
    event      String CODEC(ZSTD(1)),                       -- JSON of the named fields, or null
    receivedAt SimpleAggregateFunction(max, Int64),         -- UTC milliseconds
    takenAt    SimpleAggregateFunction(max, Int64)          -- `receivedAt` of the entry that was taken out; 0: never
)
ENGINE = AggregatingMergeTree
PRIMARY KEY (poster, id)
ORDER BY (poster, id)
TTL toDateTime(intDiv(receivedAt, 1000)) + INTERVAL 30 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, allow_dimensions_outside_sorting_key = 1;
