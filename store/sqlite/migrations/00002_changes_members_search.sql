-- +goose Up

ALTER TABLE rooms ADD COLUMN title    TEXT    NOT NULL DEFAULT '';
ALTER TABLE rooms ADD COLUMN settings TEXT    NOT NULL DEFAULT ''; -- a JSON object
ALTER TABLE rooms ADD COLUMN indexed  INTEGER NOT NULL DEFAULT 0;  -- the rev up to which a search finds
ALTER TABLE rooms ADD COLUMN dropped  INTEGER NOT NULL DEFAULT 0;  -- 1: under no user's name, being emptied

ALTER TABLE messages ADD COLUMN edited_at  INTEGER NOT NULL DEFAULT 0; -- 0 stands for no time
ALTER TABLE messages ADD COLUMN deleted_at INTEGER NOT NULL DEFAULT 0; -- else a tombstone
ALTER TABLE messages ADD COLUMN pinned     INTEGER NOT NULL DEFAULT 0;
-- A summary of the reactions, JSON as in the protocol but a list, so that a page
-- needs no other table.
ALTER TABLE messages ADD COLUMN reactions  TEXT    NOT NULL DEFAULT '';

-- Most messages are never changed: their rev is their seq, by which they are
-- found anyway. That a rev is taken once is up to the writer.
DROP INDEX messages_rev;
CREATE UNIQUE INDEX messages_changed ON messages (room, rev) WHERE rev <> seq;

-- By id first: ids are advised to begin with their time, so that those of one
-- moment are neighbours, however many rooms they are sent to.
DROP INDEX messages_id;
CREATE UNIQUE INDEX messages_id ON messages (id, room);

CREATE INDEX messages_pinned ON messages (room, seq) WHERE pinned = 1;

CREATE TABLE reactions (
    room    INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    user_id TEXT    NOT NULL,
    emoji   TEXT    NOT NULL,
    rev     INTEGER NOT NULL, -- taken by the reaction: their order
    PRIMARY KEY (room, seq, user_id, emoji)
) STRICT, WITHOUT ROWID;

CREATE TABLE members (
    room      INTEGER NOT NULL REFERENCES rooms (key),
    user_id   TEXT    NOT NULL,
    name      TEXT    NOT NULL, -- name and role as at the last join
    role      TEXT    NOT NULL,
    joined_at INTEGER NOT NULL, -- for the first time
    read      INTEGER NOT NULL DEFAULT 0, -- the read marker
    PRIMARY KEY (room, user_id)
) STRICT, WITHOUT ROWID;

-- The words of the texts. docid is room << 32 | seq, so that a room is a range,
-- and they are kept newest first.
CREATE VIRTUAL TABLE search USING fts4 (
    text, tokenize=unicode61 "remove_diacritics=2", matchinfo=fts3, order=desc, prefix="1,2"
);
