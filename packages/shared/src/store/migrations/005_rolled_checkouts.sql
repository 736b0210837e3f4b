-- The rollup once more, with the checkout that each entry is of: so an arrival replaces its own checkouts in a day's row, and the
-- others are carried over. Derived from the log anew, under a new name for the reason that 004 gives.
CREATE TABLE IF NOT EXISTS rolled_checkouts AS checkouts_by_day;

ALTER TABLE rolled_checkouts
    ADD COLUMN IF NOT EXISTS checkout Array(UInt64) CODEC(NONE) AFTER rolledTo; -- hash of `checkoutId`: it is only compared

TRUNCATE TABLE rollup_progress;
