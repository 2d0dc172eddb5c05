-- +goose Up

-- Earlier versions kept counting the files of an erased user under the user's id.
DELETE FROM file_bytes WHERE kind = 'u';
INSERT INTO file_bytes SELECT 'u', owner, count(*), sum(size) FROM files GROUP BY owner;

-- The file is to forget the ids.
PRAGMA user_version = 0;
