-- +goose Up

-- A person may be erased beside a relay: whoever asks for it leaves a row, and the
-- relay tells in it how far it is.
-- 0: asked for, or under way; 1: the user is gone from the tables, but the file has
-- not forgotten; 2: done. From 1 on user_id is the pseudonym.
ALTER TABLE erasures ADD COLUMN state INTEGER NOT NULL DEFAULT 0;
ALTER TABLE erasures ADD COLUMN messages INTEGER NOT NULL DEFAULT 0; -- made tombstones so far

-- Takes up the file's free pages for a moment, so that nothing is left in them.
CREATE TABLE blanks (zeros BLOB NOT NULL) STRICT;
