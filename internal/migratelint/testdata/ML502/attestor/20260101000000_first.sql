CREATE SCHEMA attestor;

CREATE FUNCTION attestor.refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
-- A body of several lines; with a semicolon, a 'quote' and an apostrophe's.
BEGIN
  RAISE EXCEPTION 'append-only; % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = '55000';
END $$;

CREATE FUNCTION attestor.kept() RETURNS int LANGUAGE sql SET search_path = pg_catalog, pg_temp AS 'SELECT 1';
REVOKE ALL ON FUNCTION attestor.kept() FROM PUBLIC;

CREATE FUNCTION attestor.open() RETURNS int LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  RETURN 1;
END;
$body$;
