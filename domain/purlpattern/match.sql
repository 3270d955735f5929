-- Whether a package URL is one that a pattern means, as docs/purl-patterns.md says it;
-- package domain/purlpattern has the same in Go. The bodies are parsed when the
-- functions are made: nothing that a caller puts before the catalogue is found, and the
-- planner can put them into the statement that calls them, which a SET would prevent:
-- where the URL is a constant, it is read once and not for each pattern. COLLATE "C"
-- stands at what comes in: a column may have a collation that searches no text.

-- purl_characters has each percent-encoded character in angle brackets, which neither a
-- package URL nor a pattern has, so that a wildcard takes all of it or nothing. What is
-- not UTF-8 is left as it is and no wildcard takes it.
CREATE FUNCTION "trust"."purl_characters"(encoded text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(encoded COLLATE "C",
  '%[0-7][0-9A-F]'
  '|%(?:C[2-9A-F]|D[0-9A-F])%[89AB][0-9A-F]'
  '|%(?:E0%[AB]|E[1-9A-CEF]%[89AB]|ED%[89])[0-9A-F]%[89AB][0-9A-F]'
  '|%(?:F0%[9AB]|F[123]%[89AB]|F4%8)[0-9A-F]%[89AB][0-9A-F]%[89AB][0-9A-F]',
  E'<\\&>', 'g');

-- purl_encode encodes in a path or a subpath what some writers of package URLs leave as
-- it is.
CREATE FUNCTION "trust"."purl_encode"(part text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(part COLLATE "C",
  '!', '%21'), '$', '%24'), '&', '%26'), '''', '%27'), '(', '%28'), ')', '%29'), '*', '%2A'), ',', '%2C'), ';', '%3B'), '=', '%3D');

-- purl_text is a package URL as patterns are compared with it.
CREATE FUNCTION "trust"."purl_text"(purl text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN trust.purl_encode(substring(purl COLLATE "C" FROM '^[^?#]*'))
  || coalesce(substring(purl COLLATE "C" FROM '^[^?#]*([?][^#]*)'), '')
  || coalesce(trust.purl_encode(substring(purl COLLATE "C" FROM '#.*$')), '');

-- purl_sketch is a LIKE that takes all that a pattern means, and little else: what the
-- expression costs is in compiling it, a hundred times this.
CREATE FUNCTION "trust"."purl_sketch"(pattern text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN replace(translate(replace(pattern COLLATE "C", '/**', '%'), '*?&', '%%%'), '#', '%#') || '%';

-- purl_glob is the regular expression of a part in which all else is literal. The
-- wildcards are characters that no pattern has while their expressions, which have
-- asterisks and question marks too, are put in: " and ` for * and ?, { and } for ** on
-- the way and at the end of a path. Between two qualifiers there may be others.
CREATE FUNCTION "trust"."purl_glob"(part text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN replace(replace(replace(replace(replace(replace(replace(
  translate(replace(regexp_replace(part COLLATE "C", '/[*][*](?=@|$)', '}'), '/**', '{'), '*?', '"`'),
  '.', '[.]'), '+', '[+]'), '&', '&(?:[^&#]*&)*'),
  '{', '(?:/[^/@?#]+)*'), '}', '(?:/[^/@?#]+)+'),
  '"', '(?:[^/@?#&=%<>]|<[^>]*>)*'), '`', '(?:[^/@?#&=%<>]|<[^>]*>)');

-- purl_expression is the regular expression of a canonical pattern. The equals sign is in
-- qualifiers alone, up to the #: they begin at the question mark before the first one.
CREATE FUNCTION "trust"."purl_expression"(pattern text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '^'
  || trust.purl_glob(regexp_replace(split_part(trust.purl_characters(pattern) COLLATE "C", '#', 1), '[?][^?=]*=.*$', ''))
  || CASE WHEN split_part(pattern COLLATE "C", '#', 1) LIKE '%@%' THEN '' ELSE '(?:@[^?#]*)?' END
  || coalesce('[?](?:[^&#]*&)*'
       || trust.purl_glob(substring(split_part(trust.purl_characters(pattern) COLLATE "C", '#', 1) FROM '[?]([^?=]*=.*)$'))
       || '(?:&[^&#]*)*', '(?:[?][^#]*)?')
  || coalesce(trust.purl_glob(substring(trust.purl_characters(pattern) COLLATE "C" FROM '#.*$')), '(?:#.*)?')
  || '$';

-- purl_matches says whether a canonical pattern means a canonical package URL.
CREATE FUNCTION "trust"."purl_matches"(pattern text, purl text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN trust.purl_text(purl) COLLATE "C" LIKE trust.purl_sketch(pattern)
   AND trust.purl_characters(trust.purl_text(purl)) COLLATE "C" ~ trust.purl_expression(pattern);
