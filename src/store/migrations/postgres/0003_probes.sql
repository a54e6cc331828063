-- A row that is written only to see whether it can be.
CREATE TABLE probes (
    installation BIGINT NOT NULL PRIMARY KEY,
    times        BIGINT NOT NULL
);
