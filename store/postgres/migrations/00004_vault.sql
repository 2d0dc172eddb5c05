-- +goose Up

-- Of end-to-end encrypted rooms; package store/vault has the statements. A device's record stays when it is deleted, for
-- the messages that it has signed.
CREATE TABLE devices (
    id      text COLLATE "C" PRIMARY KEY,
    user_id text COLLATE "C" NOT NULL,
    device  text   NOT NULL, -- JSON as in the protocol
    seen_at bigint NOT NULL, -- when it was registered last, to about an hour
    deleted bigint NOT NULL
);
CREATE INDEX devices_user ON devices (user_id);

-- Devices that have been in a room.
CREATE TABLE room_devices (
    room   bigint NOT NULL,
    device text COLLATE "C" NOT NULL,
    inside bigint NOT NULL, -- 1: it still is
    PRIMARY KEY (room, device)
);
CREATE INDEX room_devices_device ON room_devices (device);

CREATE TABLE turns (
    room      bigint NOT NULL,
    n         bigint NOT NULL,
    kid       text   NOT NULL,
    chapter   bigint NOT NULL, -- the first turn whose secret can be read back from this one's
    at        bigint NOT NULL,
    by_device text COLLATE "C" NOT NULL,
    turn      text   NOT NULL, -- JSON as it was sent
    PRIMARY KEY (room, n)
);

-- A wrap without a ciphertext stands for the device that has made the turn.
CREATE TABLE wraps (
    room   bigint NOT NULL,
    device text COLLATE "C" NOT NULL,
    n      bigint NOT NULL,
    enc    text   NOT NULL,
    ct     text   NOT NULL,
    PRIMARY KEY (room, device, n)
);

-- Why a turn is due: for a user, or for another reason ('').
CREATE TABLE dues (
    room    bigint NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (room, user_id)
);
CREATE INDEX dues_user ON dues (user_id);

-- A relay that does not know them would store plain messages in such rooms.
UPDATE database SET least = 4;
