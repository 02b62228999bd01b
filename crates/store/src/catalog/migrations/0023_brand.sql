-- What a workspace looks like to those who work in it. Colours are six hexadecimal digits.
ALTER TABLE workspace ADD COLUMN brand_name TEXT;
ALTER TABLE workspace ADD COLUMN accent_light TEXT;
ALTER TABLE workspace ADD COLUMN accent_dark TEXT;
-- Whom its e-mail is from, beside the server's address.
ALTER TABLE workspace ADD COLUMN mail_name TEXT;
-- Of the icon; null where there is none.
ALTER TABLE workspace ADD COLUMN icon_digest TEXT;

-- The icon of its pages: what was uploaded, made small and written anew.
CREATE TABLE workspace_icon (
    workspace INTEGER PRIMARY KEY REFERENCES workspace (id),
    -- PNG.
    image     BLOB NOT NULL
) STRICT;
