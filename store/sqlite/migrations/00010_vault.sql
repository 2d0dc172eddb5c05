-- +goose Up

-- Of end-to-end encrypted rooms; package store/vault has the statements. A device's record stays when it is deleted, for
-- the messages that it has signed.
CREATE TABLE devices (
    id      TEXT    NOT NULL PRIMARY KEY,
    user_id TEXT    NOT NULL,
    device  TEXT    NOT NULL, -- JSON as in the protocol
    seen_at INTEGER NOT NULL, -- when it was registered last, to about an hour
    deleted INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX devices_user ON devices (user_id);

-- Devices that have been in a room.
CREATE TABLE room_devices (
    room   INTEGER NOT NULL REFERENCES rooms (key),
    device TEXT    NOT NULL,
    inside INTEGER NOT NULL, -- 1: it still is
    PRIMARY KEY (room, device)
) STRICT, WITHOUT ROWID;
CREATE INDEX room_devices_device ON room_devices (device);

CREATE TABLE turns (
    room      INTEGER NOT NULL REFERENCES rooms (key),
    n         INTEGER NOT NULL,
    kid       TEXT    NOT NULL,
    chapter   INTEGER NOT NULL, -- the first turn whose secret can be read back from this one's
    at        INTEGER NOT NULL, -- by the relay's clock
    by_device TEXT    NOT NULL,
    turn      TEXT    NOT NULL, -- JSON as it was sent
    PRIMARY KEY (room, n)
) STRICT, WITHOUT ROWID;

-- A wrap without a ciphertext stands for the device that has made the turn.
CREATE TABLE wraps (
    room   INTEGER NOT NULL REFERENCES rooms (key),
    device TEXT    NOT NULL,
    n      INTEGER NOT NULL,
    enc    TEXT    NOT NULL,
    ct     TEXT    NOT NULL,
    PRIMARY KEY (room, device, n)
) STRICT, WITHOUT ROWID;

-- Why a turn is due: for a user, or for another reason ('').
CREATE TABLE dues (
    room    INTEGER NOT NULL REFERENCES rooms (key),
    user_id TEXT    NOT NULL,
    PRIMARY KEY (room, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX dues_user ON dues (user_id);
