-- +goose Up

-- The mentions in the text, JSON as in the protocol, or ''. A message has them or is encrypted.
ALTER TABLE messages ADD COLUMN mentions TEXT NOT NULL DEFAULT '';

-- A row for each user whom a message mentions; user_id '' stands for everybody. They count what
-- is unread.
CREATE TABLE mentions (
    room    INTEGER NOT NULL,
    user_id TEXT    NOT NULL,
    seq     INTEGER NOT NULL,
    by_id   TEXT    NOT NULL, -- the sender
    PRIMARY KEY (room, user_id, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX mentions_seq ON mentions (room, seq);
