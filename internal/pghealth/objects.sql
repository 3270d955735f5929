-- The objects of some schemas ($1) by their names, with owners and rights, as lines of
-- text that are the same on every major version. What is missing of a list that was made
-- of another database, that one has and this one has not.
WITH ns AS (SELECT n.oid, n.nspname, n.nspowner, n.nspacl FROM pg_catalog.pg_namespace n WHERE n.nspname = ANY ($1)),
rel AS (
  SELECT c.oid, c.relname, c.relkind, c.relowner, c.relacl, c.relrowsecurity, c.relforcerowsecurity,
         pg_catalog.format('%I.%I', ns.nspname, c.relname) AS name
    FROM pg_catalog.pg_class c JOIN ns ON ns.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S')
),
lines (line) AS (
  SELECT pg_catalog.format('schema %s owner %s', nspname, pg_catalog.pg_get_userbyid(nspowner)) FROM ns
  UNION ALL
  SELECT pg_catalog.format('grant %s on schema %s to %s', x.privilege_type, nspname, pg_catalog.pg_get_userbyid(x.grantee))
    FROM ns, pg_catalog.aclexplode(nspacl) x WHERE x.grantee NOT IN (0, nspowner)
  UNION ALL
  SELECT pg_catalog.format('relation %s kind %s owner %s', name, relkind, pg_catalog.pg_get_userbyid(relowner)) FROM rel
  UNION ALL
  SELECT pg_catalog.format('column %s.%s %s', name, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod))
         || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END || CASE WHEN a.atthasdef THEN ' default' ELSE '' END
    FROM rel JOIN pg_catalog.pg_attribute a ON a.attrelid = rel.oid AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL
  SELECT pg_catalog.format('constraint %s on %s', k.conname, name)
    FROM rel JOIN pg_catalog.pg_constraint k ON k.conrelid = rel.oid WHERE k.contype IN ('p', 'u', 'x', 'f', 'c')
  UNION ALL
  SELECT pg_catalog.format('index %s on %s', i.relname, name) || CASE WHEN x.indisunique THEN ' unique' ELSE '' END
    FROM rel JOIN pg_catalog.pg_index x ON x.indrelid = rel.oid JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
  UNION ALL
  SELECT pg_catalog.format('policy %s on %s to %s', p.polname, name, (
           SELECT pg_catalog.string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(r)::text END, ', ' ORDER BY r)
             FROM pg_catalog.unnest(p.polroles) r))
    FROM rel JOIN pg_catalog.pg_policy p ON p.polrelid = rel.oid
  UNION ALL
  SELECT pg_catalog.format('trigger %s on %s', t.tgname, name)
    FROM rel JOIN pg_catalog.pg_trigger t ON t.tgrelid = rel.oid WHERE NOT t.tgisinternal
  UNION ALL
  SELECT 'row-level security on ' || name FROM rel WHERE relrowsecurity AND relforcerowsecurity
  UNION ALL
  SELECT pg_catalog.format('grant %s on %s to %s', x.privilege_type, name, pg_catalog.pg_get_userbyid(x.grantee))
    FROM rel, pg_catalog.aclexplode(relacl) x WHERE x.grantee NOT IN (0, relowner)
  UNION ALL
  SELECT pg_catalog.format('grant %s (%s) on %s to %s', x.privilege_type, a.attname, name, pg_catalog.pg_get_userbyid(x.grantee))
    FROM rel JOIN pg_catalog.pg_attribute a ON a.attrelid = rel.oid, pg_catalog.aclexplode(a.attacl) x WHERE x.grantee <> 0
  UNION ALL
  SELECT pg_catalog.format('function %I.%I(%s) owner %s', ns.nspname, p.proname, pg_catalog.oidvectortypes(p.proargtypes),
         pg_catalog.pg_get_userbyid(p.proowner)) || CASE WHEN p.prosecdef THEN ' definer' ELSE '' END
    FROM pg_catalog.pg_proc p JOIN ns ON ns.oid = p.pronamespace
  UNION ALL
  SELECT pg_catalog.format('grant EXECUTE on function %I.%I(%s) to %s', ns.nspname, p.proname, pg_catalog.oidvectortypes(p.proargtypes),
         pg_catalog.pg_get_userbyid(x.grantee))
    FROM pg_catalog.pg_proc p JOIN ns ON ns.oid = p.pronamespace, pg_catalog.aclexplode(p.proacl) x WHERE x.grantee NOT IN (0, p.proowner)
)
SELECT line FROM lines ORDER BY line COLLATE "C"
