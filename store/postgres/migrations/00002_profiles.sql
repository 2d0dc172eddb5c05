-- +goose Up

-- What a member's token gave at the last join. folded is the name as members are sorted by it.
ALTER TABLE members ADD COLUMN picture text NOT NULL DEFAULT '';
ALTER TABLE members ADD COLUMN title   text NOT NULL DEFAULT '';
ALTER TABLE members ADD COLUMN folded  text COLLATE "C" NOT NULL DEFAULT '';

-- The terms by which members are found (package word).
CREATE TABLE member_terms (
    room    bigint NOT NULL,
    term    text COLLATE "C" NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (room, term, user_id)
);
CREATE INDEX member_terms_user ON member_terms (user_id, room);

-- The version of package word that made them; 0: none has.
ALTER TABLE database ADD COLUMN names integer NOT NULL DEFAULT 0;

COMMENT ON COLUMN messages.sender_role IS 'and, behind a space, the URL of the sender''s picture, where there is one';
