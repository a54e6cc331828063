-- Times are microseconds since the epoch. Ids are GitHub's, or 0 where there is none: the
-- installation in token mode, the repository of an installation's key, the number of a
-- repository's key.

-- The inbox: every delivery that was answered with 202.
CREATE TABLE deliveries (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    installation INTEGER NOT NULL,
    repo         INTEGER NOT NULL,
    kind         TEXT    NOT NULL,
    number       INTEGER NOT NULL,
    guid         TEXT    NOT NULL,
    event        TEXT    NOT NULL,
    hook_target  TEXT    NOT NULL,
    digest       BLOB    NOT NULL, -- SHA-256 of the raw body
    received_at  INTEGER NOT NULL,
    body         BLOB    NOT NULL, -- raw, compressed with LZ4
    handled_at   INTEGER,
    outcome      TEXT,
    UNIQUE (installation, digest, guid) -- in this order it also finds a body under any GUID
) STRICT;
CREATE INDEX deliveries_unhandled ON deliveries (installation, repo, kind, number, seq) WHERE handled_at IS NULL;

-- The queue: when each key is looked at next.
CREATE TABLE keys (
    installation INTEGER NOT NULL,
    repo         INTEGER NOT NULL,
    kind         TEXT    NOT NULL,
    number       INTEGER NOT NULL,
    due_at       INTEGER,
    generation   INTEGER NOT NULL DEFAULT 0, -- raised by each wake-up
    leased_until INTEGER,
    fence        INTEGER NOT NULL DEFAULT 0, -- raised by each lease
    tries        INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (installation, repo, kind, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX keys_due ON keys (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX keys_leased ON keys (leased_until) WHERE leased_until IS NOT NULL;

CREATE TABLE installations (
    installation INTEGER NOT NULL PRIMARY KEY,
    not_before   INTEGER NOT NULL -- nothing of this installation is leased before
) STRICT;

CREATE TABLE repos (
    installation INTEGER NOT NULL,
    repo         INTEGER NOT NULL,
    name         TEXT    NOT NULL, -- owner/name in lower case
    doc          TEXT    NOT NULL, -- JSON
    PRIMARY KEY (installation, repo)
) STRICT;
CREATE INDEX repos_name ON repos (name);

CREATE TABLE facts (
    installation INTEGER NOT NULL,
    repo         INTEGER NOT NULL,
    number       INTEGER NOT NULL, -- 0: the repository's own
    id           TEXT    NOT NULL,
    at           INTEGER NOT NULL, -- when it took effect
    doc          TEXT    NOT NULL, -- JSON
    PRIMARY KEY (installation, repo, number, id)
) STRICT;

CREATE TABLE items (
    installation INTEGER NOT NULL,
    repo         INTEGER NOT NULL,
    number       INTEGER NOT NULL, -- 0: the board
    doc          TEXT    NOT NULL, -- JSON: the state, a cache of the fold
    shown        TEXT    NOT NULL, -- JSON: what GitHub shows of it
    PRIMARY KEY (installation, repo, number)
) STRICT;

-- Creating calls that were begun and whose answer was not stored yet.
CREATE TABLE intents (
    installation INTEGER NOT NULL,
    repo         INTEGER NOT NULL,
    kind         TEXT    NOT NULL,
    number       INTEGER NOT NULL,
    slot         TEXT    NOT NULL,
    begun_at     INTEGER NOT NULL,
    PRIMARY KEY (installation, repo, kind, number, slot)
) STRICT, WITHOUT ROWID;
