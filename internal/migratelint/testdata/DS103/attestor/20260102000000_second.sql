ALTER TABLE attestor.kinds DROP COLUMN name;
