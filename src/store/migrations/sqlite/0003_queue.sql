-- Installations take turns, so each has to find its own first key.
CREATE INDEX keys_due_in ON keys (installation, due_at) WHERE due_at IS NOT NULL;
INSERT INTO installations (installation, not_before) SELECT DISTINCT installation, 0 FROM keys WHERE true
ON CONFLICT DO NOTHING;

-- What was put aside, for who asks.
CREATE INDEX deliveries_dead ON deliveries (installation, seq) WHERE outcome = 'dead';
-- Those whose bodies are still there, by when they may be removed.
CREATE INDEX deliveries_bodies ON deliveries (handled_at) WHERE handled_at IS NOT NULL AND length(body) > 0;
