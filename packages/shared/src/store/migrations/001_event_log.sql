-- The event log. It is the state: checkouts and outcomes are derived from it, nothing is counted up as events pass.
--
-- Every column of the sorting key together is the event's identity and, from `time` on, the contract's total order
-- (time, id, source, canonical JSON). Identical copies collapse in merges; until then the derivation ignores them.
-- `receivedAt` keeps the earliest arrival of the copies, so that it does not depend on merges either.
CREATE TABLE IF NOT EXISTS checkout_events
(
    merchantNo      String CODEC(ZSTD(1)),
    day             Date CODEC(ZSTD(1)),                    -- of `time`, in UTC
    checkoutId      String CODEC(ZSTD(1)),
    time            Int64 CODEC(Delta, ZSTD(1)),            -- UTC milliseconds
    id              String CODEC(ZSTD(1)),
    terminalNo      LowCardinality(String),
    body            String CODEC(ZSTD(1)),                  -- canonical JSON of what was sent, see events/canonical.ts
    kind            Enum8('pending' = 1, 'declined' = 2, 'succeeded' = 3, 'reversed' = 4, 'abandoned' = 5),
    attempt         UInt16 CODEC(ZSTD(1)),                  -- 0: the event names none
    amount          UInt64 CODEC(ZSTD(1)),                  -- fen; 0: the event names none
    method          LowCardinality(String),
    asksHuabei      Bool,                                   -- the event is a request, contract section 5
    paidByHuabei    Bool,                                   -- a success whose money came from Huabei
    codeSystem      LowCardinality(String),
    codeValue       String CODEC(ZSTD(1)),
    channelDisabled Bool,                                   -- `disabledChannels` shut out what was asked for
    token           String EPHEMERAL '',                    -- only compared, so only its hash is kept apart from the body
    customer        UInt64 MATERIALIZED if(token = '', 0, sipHash64(token)) CODEC(ZSTD(1)),
    ageBand         LowCardinality(String),                 -- '': the event does not tell
    returning       Enum8('' = 0, 'new' = 1, 'returning' = 2),
    sequence        Int64 CODEC(Delta, ZSTD(1)),            -- -1: none sent
    receivedAt      SimpleAggregateFunction(min, Int64) CODEC(Delta, ZSTD(1)) -- UTC milliseconds
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(day)
PRIMARY KEY (merchantNo, day, checkoutId)
ORDER BY (merchantNo, day, checkoutId, time, id, terminalNo, body)
TTL day + INTERVAL 25 MONTH
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, ttl_only_drop_parts = 1,
    allow_dimensions_outside_sorting_key = 1 -- they follow from `body`
;

-- What terminals said of themselves (`tillsight.terminal.reported`): few rows, read by terminal.
CREATE TABLE IF NOT EXISTS terminal_reports
(
    merchantNo String CODEC(ZSTD(1)),
    terminalNo String CODEC(ZSTD(1)),
    time       Int64 CODEC(Delta, ZSTD(1)),
    id         String CODEC(ZSTD(1)),
    body       String CODEC(ZSTD(1)),
    huabei     LowCardinality(String),                      -- the state reported for HUABEI; '': not listed
    hasCause   Bool,                                        -- a cause was declared or cleared
    cause      LowCardinality(String),                      -- '': cleared, or not told
    firmware   String CODEC(ZSTD(1)),
    model      String CODEC(ZSTD(1)),
    sequence   Int64 CODEC(Delta, ZSTD(1)),
    receivedAt SimpleAggregateFunction(min, Int64) CODEC(Delta, ZSTD(1))
)
ENGINE = AggregatingMergeTree
ORDER BY (merchantNo, terminalNo, time, id, body)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, allow_dimensions_outside_sorting_key = 1;

-- One row, written to learn whether an event could be committed now (GET /readyz).
CREATE TABLE IF NOT EXISTS readiness
(
    probe     UInt8,
    checkedAt Int64
)
ENGINE = ReplacingMergeTree(checkedAt)
ORDER BY probe;
