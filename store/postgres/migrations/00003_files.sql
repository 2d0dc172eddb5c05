-- +goose Up

CREATE TABLE files (
    room        bigint NOT NULL,
    id          text COLLATE "C" NOT NULL,
    owner       text COLLATE "C" NOT NULL, -- the user who has uploaded it
    name        text   NOT NULL,
    type        text   NOT NULL,
    size        bigint NOT NULL,
    width       bigint NOT NULL,
    height      bigint NOT NULL,
    blob        text COLLATE "C" NOT NULL, -- the key of its bytes
    thumb       text   NOT NULL, -- the type of its thumbnails
    sum         bytea  NOT NULL, -- SHA-256 of the bytes that came
    uploaded_at bigint NOT NULL,
    seq         bigint NOT NULL, -- of its message; 0: none
    PRIMARY KEY (room, id)
);
CREATE UNIQUE INDEX files_blob   ON files (blob);
CREATE INDEX        files_owner  ON files (owner);
CREATE INDEX        files_seq    ON files (room, seq);
CREATE INDEX        files_unused ON files (uploaded_at) WHERE seq = 0;

-- Keys of bytes that nobody needs any more, until they are deleted.
CREATE TABLE doomed (blob text COLLATE "C" PRIMARY KEY);

-- How many files there are and how many bytes they take: of all ('', ''), a room ('r', its key) and a user ('u', the id). The
-- row of all is the lock of the others: whoever changes them takes it first.
CREATE TABLE file_bytes (
    kind  text COLLATE "C" NOT NULL,
    name  text COLLATE "C" NOT NULL,
    files bigint NOT NULL,
    bytes bigint NOT NULL,
    PRIMARY KEY (kind, name)
) WITH (fillfactor = 50);
INSERT INTO file_bytes VALUES ('', '', 0, 0);

-- Whoever adds or deletes rows need not think of the rest.
-- +goose StatementBegin
CREATE FUNCTION hallway_count_files() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    way bigint := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM changed) THEN
        RETURN NULL;
    END IF;
    UPDATE file_bytes SET files = files + way * n, bytes = bytes + way * size
        FROM (SELECT count(*) AS n, sum(changed.size)::bigint AS size FROM changed) AS c WHERE kind = '';
    INSERT INTO file_bytes
        SELECT 'r', room::text, way * count(*), way * sum(size)::bigint FROM changed GROUP BY room
        UNION ALL SELECT 'u', owner, way * count(*), way * sum(size)::bigint FROM changed GROUP BY owner
        ON CONFLICT (kind, name) DO UPDATE SET files = file_bytes.files + excluded.files, bytes = file_bytes.bytes + excluded.bytes;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO doomed SELECT blob FROM changed;
        DELETE FROM file_bytes b USING (SELECT DISTINCT 'r' AS kind, room::text AS name FROM changed UNION ALL SELECT DISTINCT 'u', owner FROM changed) AS c
            WHERE b.kind = c.kind AND b.name = c.name AND files = 0;
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER files_are_added AFTER INSERT ON files
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION hallway_count_files();
CREATE TRIGGER files_are_deleted AFTER DELETE ON files
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION hallway_count_files();

-- Names the database at the place of its files; '': nobody has.
ALTER TABLE database ADD COLUMN files_name text NOT NULL DEFAULT '';

COMMENT ON COLUMN messages.more IS 'behind the files, a JSON object, and a line break, where there are any';
-- A relay that does not know files would leave them behind.
UPDATE database SET least = 3;
