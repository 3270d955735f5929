ALTER TABLE attestor.kinds DROP CONSTRAINT kinds_parent;
