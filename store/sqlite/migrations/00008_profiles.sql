-- +goose Up

-- What the user's token gave: at the last join, or when the message was sent.
ALTER TABLE members  ADD COLUMN picture TEXT NOT NULL DEFAULT '';
ALTER TABLE members  ADD COLUMN title   TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN sender_picture TEXT NOT NULL DEFAULT '';

-- The terms by which members are found (package word), and the name as it is sorted.
ALTER TABLE members ADD COLUMN folded TEXT NOT NULL DEFAULT '';
CREATE TABLE member_terms (
    room    INTEGER NOT NULL,
    term    TEXT    NOT NULL,
    user_id TEXT    NOT NULL,
    PRIMARY KEY (room, term, user_id)
) STRICT, WITHOUT ROWID;

-- The version of package word that made them; 0: none has.
ALTER TABLE index_version ADD COLUMN names INTEGER NOT NULL DEFAULT 0;
