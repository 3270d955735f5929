-- atlas:txmode none

CREATE UNIQUE INDEX CONCURRENTLY kinds_name_key ON attestor.kinds (name);
