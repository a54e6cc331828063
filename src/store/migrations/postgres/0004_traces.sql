-- Where in its trace a delivery was accepted (W3C's traceparent), while traces are recorded.
ALTER TABLE deliveries ADD COLUMN trace TEXT;
