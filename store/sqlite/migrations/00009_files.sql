-- +goose Up

-- The files of a message and whether its text is made of their names: a JSON object as encodeFiles makes it, so that a page
-- needs no other table; '' for most.
ALTER TABLE messages ADD COLUMN attached TEXT NOT NULL DEFAULT '';

CREATE TABLE files (
    room        INTEGER NOT NULL REFERENCES rooms (key),
    id          TEXT    NOT NULL,
    owner       TEXT    NOT NULL, -- the user who has uploaded it
    name        TEXT    NOT NULL,
    type        TEXT    NOT NULL,
    size        INTEGER NOT NULL,
    width       INTEGER NOT NULL,
    height      INTEGER NOT NULL,
    blob        TEXT    NOT NULL, -- the key of its bytes
    thumb       TEXT    NOT NULL, -- the type of its thumbnails
    sum         BLOB    NOT NULL, -- SHA-256 of the bytes that came
    uploaded_at INTEGER NOT NULL,
    seq         INTEGER NOT NULL, -- of its message; 0: none
    PRIMARY KEY (room, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX files_blob   ON files (blob);
CREATE INDEX        files_owner  ON files (owner);
CREATE INDEX        files_seq    ON files (room, seq);
CREATE INDEX        files_unused ON files (uploaded_at) WHERE seq = 0;

-- Keys of bytes that nobody needs any more, until they are deleted.
CREATE TABLE doomed (blob TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;

-- How many files there are and how many bytes they take: of all ('', ''), a room ('r', its key) and a user ('u', the id).
CREATE TABLE file_bytes (
    kind  TEXT    NOT NULL,
    name  TEXT    NOT NULL,
    files INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
INSERT INTO file_bytes VALUES ('', '', 0, 0);

-- Whoever adds or deletes a row need not think of the rest.
-- +goose StatementBegin
CREATE TRIGGER file_is_added AFTER INSERT ON files BEGIN
    INSERT INTO file_bytes VALUES ('', '', 1, new.size), ('r', new.room, 1, new.size), ('u', new.owner, 1, new.size)
        ON CONFLICT DO UPDATE SET files = files + 1, bytes = bytes + excluded.bytes;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER file_is_deleted AFTER DELETE ON files BEGIN
    INSERT INTO doomed VALUES (old.blob);
    UPDATE file_bytes SET files = files - 1, bytes = bytes - old.size
        WHERE (kind, name) IN (('', ''), ('r', CAST(old.room AS TEXT)), ('u', old.owner));
    DELETE FROM file_bytes WHERE files = 0 AND kind <> '' AND (kind, name) IN (('r', CAST(old.room AS TEXT)), ('u', old.owner));
END;
-- +goose StatementEnd

-- Names the database at the place of its files.
CREATE TABLE files_name (name TEXT NOT NULL) STRICT;
