-- Replaced by 007: apart from it, so that a half-done 007 can be run again.
ALTER TABLE rolled_checkouts DROP COLUMN IF EXISTS seenTerminal, DROP COLUMN IF EXISTS firstSeen, DROP COLUMN IF EXISTS newestSale;
