-- A row that is written only to see whether it can be.
CREATE TABLE probes (
    installation INTEGER NOT NULL PRIMARY KEY,
    times        INTEGER NOT NULL
) STRICT;
