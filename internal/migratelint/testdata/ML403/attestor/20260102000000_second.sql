-- atlas:txmode none

CREATE INDEX CONCURRENTLY kinds_id ON kinds (id);
CREATE TABLE more (id uuid NOT NULL, PRIMARY KEY (id));
