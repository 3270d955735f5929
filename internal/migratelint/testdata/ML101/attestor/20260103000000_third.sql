-- atlas:txmode none

-- Not a lock either.
CREATE INDEX CONCURRENTLY kinds_by_name ON attestor.kinds (name);
