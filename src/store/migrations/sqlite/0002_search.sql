-- What research and experiments are about, so that later ones find them.
CREATE TABLE texts (
    id           INTEGER PRIMARY KEY, -- the row of the index
    installation INTEGER NOT NULL,
    repo         INTEGER NOT NULL,
    number       INTEGER NOT NULL,
    title        TEXT    NOT NULL,
    body         TEXT    NOT NULL, -- hypothesis or question
    -- One word for the index, so that a search reads one repository's rows only.
    place        TEXT    NOT NULL GENERATED ALWAYS AS (installation || 'r' || repo) VIRTUAL,
    UNIQUE (installation, repo, number)
) STRICT;

-- It keeps no texts of its own; the triggers tell it what went and what came.
CREATE VIRTUAL TABLE texts_index USING fts5 (
    place, title, body,
    content = 'texts', content_rowid = 'id',
    tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER texts_came AFTER INSERT ON texts BEGIN
    INSERT INTO texts_index (rowid, place, title, body) VALUES (new.id, new.place, new.title, new.body);
END;
CREATE TRIGGER texts_went AFTER DELETE ON texts BEGIN
    INSERT INTO texts_index (texts_index, rowid, place, title, body)
    VALUES ('delete', old.id, old.place, old.title, old.body);
END;
CREATE TRIGGER texts_changed AFTER UPDATE ON texts BEGIN
    INSERT INTO texts_index (texts_index, rowid, place, title, body)
    VALUES ('delete', old.id, old.place, old.title, old.body);
    INSERT INTO texts_index (rowid, place, title, body) VALUES (new.id, new.place, new.title, new.body);
END;
