-- When an installation may write and create next, as far as several processes have to agree on it.
ALTER TABLE installations ADD COLUMN next_turn INTEGER NOT NULL DEFAULT 0;
ALTER TABLE installations ADD COLUMN creations INTEGER NOT NULL DEFAULT 0;
