-- Installations that GitHub has told to wait are few among thousands.
CREATE INDEX installations_waiting ON installations (not_before) WHERE not_before > 0;
