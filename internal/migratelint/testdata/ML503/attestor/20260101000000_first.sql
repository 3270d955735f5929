CREATE SCHEMA attestor;
CREATE FUNCTION attestor.pinned() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT 1';
CREATE FUNCTION attestor.listed() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, attestor, pg_temp AS 'SELECT 1';
CREATE FUNCTION attestor.unpinned() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
CREATE FUNCTION attestor.loose() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = attestor, public AS 'SELECT 1';
CREATE FUNCTION attestor.nothing() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';
CREATE FUNCTION attestor.public() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS 'SELECT 1';
CREATE FUNCTION attestor.invoker() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_temp, pg_catalog AS 'BEGIN RETURN NULL; END';
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA attestor FROM PUBLIC;
