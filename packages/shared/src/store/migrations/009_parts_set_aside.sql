-- A merge that the disk did not take whole is set aside, and what it was made of stays (see failed-writes.ts). The engine does not open a
-- table whose broken parts are larger than a gibibyte together: a merge alone may be.
ALTER TABLE checkout_events MODIFY SETTING max_suspicious_broken_parts_bytes = 1099511627776;
ALTER TABLE rolled_checkouts MODIFY SETTING max_suspicious_broken_parts_bytes = 1099511627776;
ALTER TABLE quarantine MODIFY SETTING max_suspicious_broken_parts_bytes = 1099511627776;
