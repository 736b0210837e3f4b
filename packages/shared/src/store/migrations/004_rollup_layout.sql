-- The rollup again, laid out for what reads it: a provider's merchants lie scattered among all, so a granule holds few days of
-- others, and a merchant's days lie together for a year. It is derived from the log anew.
CREATE TABLE IF NOT EXISTS checkout_days_by_year AS checkout_days
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
RENAME TABLE checkout_days_by_year TO checkout_days;
