-- +goose Up

-- The index of words is made by the program (package word): the table search is made
-- anew, with the terms of a version of that package, when the database is opened with
-- another (reindex.go). 0: those of the first tokenizer.
CREATE TABLE index_version (version INTEGER NOT NULL) STRICT;
INSERT INTO index_version VALUES (0);

-- What a new index has still to take up: of each room the messages before a seq, which
-- goes down to the first.
CREATE TABLE reindexes (
    room  INTEGER PRIMARY KEY REFERENCES rooms (key),
    below INTEGER NOT NULL
) STRICT;
