-- +goose Up

-- The highest role that the last token seen of a user gives in any room, where that is
-- more than participant. Whether somebody's tokens may be revoked depends on it.
CREATE TABLE ranks (
    user_id TEXT NOT NULL PRIMARY KEY,
    role    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO ranks (user_id, role)
    SELECT user_id, CASE WHEN max(role = 'organizer') THEN 'organizer' ELSE 'moderator' END
    FROM members WHERE role IN ('moderator', 'organizer') GROUP BY user_id;

-- A token changes a member's role in all rooms that it opens.
CREATE INDEX members_user ON members (user_id);
CREATE INDEX members_ranked ON members (user_id) WHERE role IN ('moderator', 'organizer');

-- known: the user was a member when the sanction was made. Against any other user it holds
-- only up to the role of its maker.
ALTER TABLE sanctions ADD COLUMN by_role TEXT NOT NULL DEFAULT 'organizer';
ALTER TABLE sanctions ADD COLUMN known INTEGER NOT NULL DEFAULT 1;

-- brought: the user was the first to add this emoji to the message. A user who takes such
-- a reaction back while others have it leaves a row with rev 0, so that it still counts.
ALTER TABLE reactions ADD COLUMN brought INTEGER NOT NULL DEFAULT 0;
