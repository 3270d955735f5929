-- The catalogue of one schema ($1) as lines of text, the same on every major
-- version. What Atlas cannot see is held by the golden files that this makes.
WITH ns AS (SELECT * FROM pg_namespace WHERE nspname = $1),
rel AS (SELECT c.* FROM pg_class c JOIN ns ON c.relnamespace = ns.oid),
lines (a, b, c, line) AS (
  SELECT 0, '', 0, format('schema %s owner %s', nspname, pg_get_userbyid(nspowner)) FROM ns
  UNION ALL
  SELECT 0, '', 1, format('  grant %s to %s', x.privilege_type, CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(x.grantee)::text END)
    FROM ns, aclexplode(nspacl) x WHERE x.grantee <> nspowner
  UNION ALL
  SELECT 1, relname, 0, format('%s %s owner %s%s%s%s',
         CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
                      WHEN 'S' THEN 'sequence' WHEN 'c' THEN 'type' ELSE relkind::text END,
         relname, pg_get_userbyid(relowner),
         CASE WHEN relrowsecurity THEN ' rls' ELSE '' END, CASE WHEN relforcerowsecurity THEN ' forced' ELSE '' END,
         coalesce(' with ' || array_to_string(reloptions, ','), ''))
    FROM rel WHERE relkind NOT IN ('i', 'I', 't')
  UNION ALL
  SELECT 1, relname, 1, format('  column %s %s%s%s%s', lpad(attnum::text, 2, '0') || ' ' || attname, format_type(atttypid, atttypmod),
         CASE WHEN attnotnull THEN ' not null' ELSE '' END,
         CASE attgenerated WHEN '' THEN coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
              ELSE ' generated ' || pg_get_expr(d.adbin, d.adrelid) END,
         CASE attidentity WHEN '' THEN '' ELSE ' identity' END)
    FROM rel JOIN pg_attribute a ON a.attrelid = rel.oid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
   WHERE relkind IN ('r', 'p', 'v', 'm', 'c') AND attnum > 0 AND NOT attisdropped
  UNION ALL
  SELECT 1, relname, 2, format('  constraint %s %s%s', conname, pg_get_constraintdef(k.oid), CASE WHEN convalidated THEN '' ELSE ' (not validated)' END)
    FROM rel JOIN pg_constraint k ON k.conrelid = rel.oid WHERE contype IN ('p', 'u', 'x', 'f', 'c')
  UNION ALL
  SELECT 1, relname, 3, '  ' || pg_get_indexdef(i.indexrelid) || CASE WHEN indisvalid THEN '' ELSE ' (invalid)' END
    FROM rel JOIN pg_index i ON i.indrelid = rel.oid
   WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
  UNION ALL
  SELECT 1, relname, 4, format('  policy %s %s for %s to %s using (%s) check (%s)', polname,
         CASE WHEN polpermissive THEN 'permissive' ELSE 'restrictive' END,
         CASE polcmd WHEN '*' THEN 'all' WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' ELSE 'delete' END,
         array_to_string(ARRAY (SELECT CASE r WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(r)::text END FROM unnest(polroles) r ORDER BY 1), ','),
         coalesce(pg_get_expr(polqual, polrelid), ''), coalesce(pg_get_expr(polwithcheck, polrelid), ''))
    FROM rel JOIN pg_policy p ON p.polrelid = rel.oid
  UNION ALL
  SELECT 1, relname, 5, '  ' || pg_get_triggerdef(t.oid) || CASE tgenabled WHEN 'O' THEN '' ELSE ' (state ' || tgenabled::text || ')' END
    FROM rel JOIN pg_trigger t ON t.tgrelid = rel.oid WHERE NOT tgisinternal
  UNION ALL
  SELECT 1, relname, 6, format('  grant %s to %s', string_agg(x.privilege_type, ', ' ORDER BY x.privilege_type),
         CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(x.grantee)::text END)
    FROM rel, aclexplode(relacl) x WHERE x.grantee <> relowner GROUP BY relname, x.grantee
  UNION ALL
  SELECT 1, relname, 7, format('  grant %s (%s) to %s', x.privilege_type, string_agg(attname, ', ' ORDER BY attnum),
         CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(x.grantee)::text END)
    FROM rel JOIN pg_attribute a ON a.attrelid = rel.oid, aclexplode(attacl) x GROUP BY relname, x.privilege_type, x.grantee
  UNION ALL
  SELECT 1, relname, 8, '  as ' || pg_get_viewdef(rel.oid) FROM rel WHERE relkind IN ('v', 'm')
  UNION ALL
  SELECT 2, proname || pg_get_function_identity_arguments(p.oid), 0,
         pg_get_functiondef(p.oid) || format('owner %s, executable by %s', pg_get_userbyid(proowner),
           coalesce((SELECT string_agg(CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(x.grantee)::text END, ', ' ORDER BY x.grantee)
                       FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) x WHERE x.grantee <> proowner), 'nobody else'))
    FROM pg_proc p JOIN ns ON p.pronamespace = ns.oid
  UNION ALL
  SELECT 3, typname, 0, format('type %s kind %s', typname, typtype)
    FROM pg_type t JOIN ns ON t.typnamespace = ns.oid WHERE typtype IN ('e', 'd', 'r')
)
SELECT line FROM lines ORDER BY a, b COLLATE "C", c, line COLLATE "C"
