-- The same tables as SQLite's. Times are microseconds since the epoch. Ids are GitHub's, or 0 where
-- there is none: the installation in token mode, the repository of an installation's key, the number
-- of a repository's key. Each table leads with the installation, so that installations can be spread
-- over several servers.

-- The inbox: every delivery that was answered with 202.
CREATE TABLE deliveries (
    installation BIGINT NOT NULL,
    seq          BIGINT GENERATED ALWAYS AS IDENTITY,
    repo         BIGINT NOT NULL,
    kind         TEXT   NOT NULL,
    number       BIGINT NOT NULL,
    guid         TEXT   NOT NULL,
    event        TEXT   NOT NULL,
    hook_target  TEXT   NOT NULL,
    digest       BYTEA  NOT NULL, -- SHA-256 of the raw body
    received_at  BIGINT NOT NULL,
    body         BYTEA  NOT NULL, -- raw, compressed with LZ4
    handled_at   BIGINT,
    outcome      TEXT,
    PRIMARY KEY (installation, seq),
    UNIQUE (installation, digest, guid) -- in this order it also finds a body under any GUID
);
-- It is compressed already.
ALTER TABLE deliveries ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX deliveries_unhandled ON deliveries (installation, repo, kind, number, seq) WHERE handled_at IS NULL;
-- What was put aside, for who asks.
CREATE INDEX deliveries_dead ON deliveries (installation, seq) WHERE outcome = 'dead';
-- Those whose bodies are still there, by when they may be removed.
CREATE INDEX deliveries_bodies ON deliveries (handled_at) WHERE handled_at IS NOT NULL AND length(body) > 0;

-- The queue: when each key is looked at next.
CREATE TABLE keys (
    installation BIGINT NOT NULL,
    repo         BIGINT NOT NULL,
    kind         TEXT   NOT NULL,
    number       BIGINT NOT NULL,
    due_at       BIGINT,
    generation   BIGINT NOT NULL DEFAULT 0, -- raised by each wake-up
    leased_until BIGINT,
    fence        BIGINT NOT NULL DEFAULT 0, -- raised by each lease
    tries        BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (installation, repo, kind, number)
);
CREATE INDEX keys_due ON keys (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX keys_due_in ON keys (installation, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX keys_leased ON keys (leased_until) WHERE leased_until IS NOT NULL;

CREATE TABLE installations (
    installation BIGINT NOT NULL PRIMARY KEY,
    not_before   BIGINT NOT NULL -- nothing of this installation is leased before
);

CREATE TABLE repos (
    installation BIGINT NOT NULL,
    repo         BIGINT NOT NULL,
    name         TEXT   NOT NULL, -- owner/name in lower case
    doc          TEXT   NOT NULL, -- JSON
    PRIMARY KEY (installation, repo)
);
CREATE INDEX repos_name ON repos (name);

CREATE TABLE facts (
    installation BIGINT NOT NULL,
    repo         BIGINT NOT NULL,
    number       BIGINT NOT NULL, -- 0: the repository's own
    id           TEXT   NOT NULL,
    at           BIGINT NOT NULL, -- when it took effect
    doc          TEXT   NOT NULL, -- JSON
    PRIMARY KEY (installation, repo, number, id)
);

CREATE TABLE items (
    installation BIGINT NOT NULL,
    repo         BIGINT NOT NULL,
    number       BIGINT NOT NULL, -- 0: the board
    doc          TEXT   NOT NULL, -- JSON: the state, a cache of the fold
    shown        TEXT   NOT NULL, -- JSON: what GitHub shows of it
    PRIMARY KEY (installation, repo, number)
);

-- Creating calls that were begun and whose answer was not stored yet.
CREATE TABLE intents (
    installation BIGINT NOT NULL,
    repo         BIGINT NOT NULL,
    kind         TEXT   NOT NULL,
    number       BIGINT NOT NULL,
    slot         TEXT   NOT NULL,
    begun_at     BIGINT NOT NULL,
    PRIMARY KEY (installation, repo, kind, number, slot)
);

-- What research and experiments are about, so that later ones find them: their words by their stems,
-- without accents, as SQLite's index has them. A repository has few thousand at most, which a search
-- looks through by the primary key.
CREATE FUNCTION labhand_plain(text TEXT) RETURNS TEXT LANGUAGE SQL IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(normalize($1, NFKD), U&'[\0300-\036F]', '', 'g')
$$;
-- English stems, but no stop words: which words say nothing is labhand's to tell.
CREATE TEXT SEARCH DICTIONARY labhand_stem (TEMPLATE = snowball, LANGUAGE = english);
CREATE TEXT SEARCH CONFIGURATION labhand (COPY = english);
ALTER TEXT SEARCH CONFIGURATION labhand ALTER MAPPING REPLACE english_stem WITH labhand_stem;
CREATE TABLE texts (
    installation BIGINT NOT NULL,
    repo         BIGINT NOT NULL,
    number       BIGINT NOT NULL,
    title        TEXT   NOT NULL,
    body         TEXT   NOT NULL, -- hypothesis or question
    words        TSVECTOR NOT NULL GENERATED ALWAYS AS (
        setweight(to_tsvector('labhand', left(labhand_plain(title), 100000)), 'A')
        || setweight(to_tsvector('labhand', left(labhand_plain(body), 100000)), 'B')
    ) STORED,
    PRIMARY KEY (installation, repo, number)
);
