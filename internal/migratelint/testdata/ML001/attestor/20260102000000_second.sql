-- attestdb:allow ML101 the table is empty until the next release
CREATE INDEX kinds_name ON attestor.kinds (name);

-- attestdb:allow ML101
CREATE INDEX kinds_name_again ON attestor.kinds (name);

-- attestdb:allow DS103 a comment for something else
COMMENT ON TABLE attestor.kinds IS 'kinds of evidence';
