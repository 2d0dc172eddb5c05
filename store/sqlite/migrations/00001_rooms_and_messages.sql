-- +goose Up

CREATE TABLE rooms (
    key     INTEGER PRIMARY KEY, -- for this database only; users see the name
    name    TEXT    NOT NULL UNIQUE,
    epoch   TEXT    NOT NULL,           -- the life of the room's counter
    head    INTEGER NOT NULL DEFAULT 0, -- the last rev taken
    last_at INTEGER NOT NULL DEFAULT 0, -- created_at of the newest message
    made_at INTEGER NOT NULL
) STRICT;

-- Times are microseconds since the Unix epoch; '' stands for an absent text.
-- Clustered by room and seq, so that a page is one run of neighbours.
CREATE TABLE messages (
    room         INTEGER NOT NULL REFERENCES rooms (key),
    seq          INTEGER NOT NULL,
    rev          INTEGER NOT NULL,
    id           TEXT    NOT NULL,
    made_as      BLOB    NOT NULL, -- fingerprint of the content at creation
    sender_id    TEXT    NOT NULL,
    sender_name  TEXT    NOT NULL,
    sender_role  TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    sent_at      TEXT    NOT NULL, -- as the sender wrote it
    text         TEXT    NOT NULL,
    encrypted    TEXT    NOT NULL, -- JSON as in the protocol
    reply_to     TEXT    NOT NULL,
    PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX messages_id  ON messages (room, id);
CREATE UNIQUE INDEX messages_rev ON messages (room, rev);

-- One row, written to find out whether the database can be written.
CREATE TABLE probe (touched INTEGER NOT NULL) STRICT;
INSERT INTO probe VALUES (0);
