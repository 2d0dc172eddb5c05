-- +goose Up

-- What keeps users from writing in a room (mute) or entering it (ban). A row
-- whose time is over counts as none.
CREATE TABLE sanctions (
    room    INTEGER NOT NULL REFERENCES rooms (key),
    user_id TEXT    NOT NULL,
    kind    TEXT    NOT NULL, -- 'ban' or 'mute'
    until   INTEGER NOT NULL, -- 0: for ever
    reason  TEXT    NOT NULL,
    by_id   TEXT    NOT NULL,
    by_name TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (room, user_id, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE reports (
    n         INTEGER PRIMARY KEY AUTOINCREMENT,
    room      INTEGER NOT NULL REFERENCES rooms (key),
    message   TEXT    NOT NULL, -- its id
    by_id     TEXT    NOT NULL,
    by_name   TEXT    NOT NULL,
    reason    TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    state     TEXT    NOT NULL DEFAULT 'open',
    closed_by TEXT    NOT NULL DEFAULT '',
    closed_at INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE UNIQUE INDEX reports_open ON reports (room, message, by_id) WHERE state = 'open';
CREATE INDEX reports_room ON reports (room, n);

-- What was done with somebody's power over others. The room stands by its name,
-- because the entries stay when it is gone.
CREATE TABLE audit (
    n       INTEGER PRIMARY KEY AUTOINCREMENT,
    room    TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    by_id   TEXT    NOT NULL,
    by_name TEXT    NOT NULL,
    by_role TEXT    NOT NULL,
    act     TEXT    NOT NULL,
    user_id TEXT    NOT NULL,
    message TEXT    NOT NULL,
    details TEXT    NOT NULL -- a JSON object, or ''
) STRICT;

CREATE INDEX audit_room ON audit (room, n);

-- Only erasing a person takes these away for its transaction.
-- +goose StatementBegin
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN
    SELECT RAISE (ABORT, 'the audit is only appended to');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit BEGIN
    SELECT RAISE (ABORT, 'the audit is only appended to');
END;
-- +goose StatementEnd

-- Whose tokens do not count, as far as they were issued before.
CREATE TABLE revocations (
    user_id TEXT    NOT NULL PRIMARY KEY,
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who is being erased, until it is done.
CREATE TABLE erasures (
    user_id   TEXT NOT NULL PRIMARY KEY,
    pseudonym TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The highest rev of a message that was deleted because of its age.
ALTER TABLE rooms ADD COLUMN purged INTEGER NOT NULL DEFAULT 0;
