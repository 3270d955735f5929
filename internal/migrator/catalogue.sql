-- What the schemas $1 hold, an object a row: the same on every major version, whoever
-- asks, and in an order of its own. Of the schemas $2 only who may do what and what runs
-- by itself is shown, since other tools make their tables, too.
WITH ns AS (SELECT n.*, format('%I', nspname) AS shown FROM pg_namespace n WHERE nspname = ANY ($1::text[])),
rel AS (
  SELECT c.*, format('%I.%I', nspname, relname) AS shown, nspname, nspname <> ALL ($2::text[]) AS whole
    FROM pg_class c JOIN ns ON c.relnamespace = ns.oid),
acl AS (
  SELECT 0 AS a, '' AS b, 1 AS c, 'schema ' || shown AS what, nspname, nspowner AS owner, '' AS columns, x.*
    FROM ns, aclexplode(nspacl) x
  UNION ALL
  SELECT 1, relname, 7, shown, nspname, relowner, '', x.* FROM rel, aclexplode(relacl) x
  UNION ALL
  SELECT 1, relname, 8, shown, nspname, relowner, attname, x.*
    FROM rel JOIN pg_attribute a ON a.attrelid = rel.oid, aclexplode(attacl) x),
grants AS (
  SELECT acl.*, privilege_type || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS privilege,
         CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END AS receiver
    FROM acl WHERE grantee <> owner),
entries (n, a, b, c, d, kind, object, definition) AS (
  SELECT nspname, 0, '', 0, '', 'schema', shown, 'owner ' || pg_get_userbyid(nspowner) FROM ns
  UNION ALL
  SELECT nspname, a, b, c, receiver, 'grant', what || ' to ' || receiver,
         string_agg(privilege, ', ' ORDER BY privilege COLLATE "C")
    FROM grants WHERE columns = '' GROUP BY nspname, a, b, c, what, receiver
  UNION ALL
  SELECT nspname, a, b, c, receiver || privilege, 'grant', format('%s columns to %s, %s', what, receiver, privilege),
         string_agg(quote_ident(columns), ', ' ORDER BY columns COLLATE "C")
    FROM grants WHERE columns <> '' GROUP BY nspname, a, b, c, what, receiver, privilege
  UNION ALL
  SELECT nspname, 1, relname, 9, '', 'grant', shown || ' to its owner', 'lacks ' || string_agg(p, ', ' ORDER BY p)
    FROM rel, unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}'::text[]) p
   WHERE relkind IN ('r', 'p') AND relacl IS NOT NULL
     AND NOT EXISTS (SELECT FROM aclexplode(relacl) x WHERE x.grantee = relowner AND x.privilege_type = p)
   GROUP BY nspname, relname, shown
  UNION ALL
  SELECT nspname, 1, relname, 0, '',
         CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
                      WHEN 'S' THEN 'sequence' WHEN 'c' THEN 'type' WHEN 'f' THEN 'foreign table' ELSE relkind::text END,
         shown,
         format('owner %s%s%s%s%s', pg_get_userbyid(relowner),
           CASE WHEN relrowsecurity THEN ' rls' ELSE '' END, CASE WHEN relforcerowsecurity THEN ' forced' ELSE '' END,
           CASE relpersistence WHEN 'u' THEN ' unlogged' ELSE '' END,
           coalesce(' with ' || array_to_string(reloptions, ','), ''))
           || CASE WHEN relkind IN ('v', 'm') THEN E'\n' || pg_get_viewdef(oid) ELSE '' END
    FROM rel WHERE relkind NOT IN ('i', 'I', 't')
  UNION ALL
  SELECT nspname, 1, relname, 1, lpad(attnum::text, 5, '0'), 'column', format('%s.%I', shown, attname),
         format('%s %s%s%s%s%s', lpad(attnum::text, 2, '0'), format_type(atttypid, atttypmod),
           CASE WHEN attcollation <> typcollation AND attcollation <> 0
                THEN ' collate ' || (SELECT format('%I', collname) FROM pg_collation WHERE oid = attcollation) ELSE '' END,
           CASE WHEN attnotnull THEN ' not null' ELSE '' END,
           CASE attgenerated WHEN '' THEN coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
                WHEN 's' THEN ' generated ' || pg_get_expr(d.adbin, d.adrelid)
                ELSE ' generated when read ' || pg_get_expr(d.adbin, d.adrelid) END,
           CASE attidentity WHEN '' THEN '' ELSE ' identity' END)
    FROM rel JOIN pg_attribute a ON a.attrelid = rel.oid JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
   WHERE relkind IN ('r', 'p', 'v', 'm', 'c', 'f') AND attnum > 0 AND NOT attisdropped AND whole
  UNION ALL
  SELECT nspname, 1, relname, 2, conname, 'constraint', format('%I on %s', conname, shown),
         -- What is not validated says so itself.
         pg_get_constraintdef(k.oid)
           || coalesce((SELECT ' disabled' FROM pg_trigger t WHERE t.tgconstraint = k.oid AND t.tgisinternal AND t.tgenabled <> 'O' LIMIT 1), '')
    FROM rel JOIN pg_constraint k ON k.conrelid = rel.oid WHERE contype IN ('p', 'u', 'x', 'f', 'c') AND whole
  UNION ALL
  SELECT nspname, 1, rel.relname, 3, x.relname, 'index', format('%I on %s', x.relname, shown),
         pg_get_indexdef(i.indexrelid) || CASE WHEN indisvalid AND indisready THEN '' ELSE ' invalid' END
    FROM rel JOIN pg_index i ON i.indrelid = rel.oid JOIN pg_class x ON x.oid = i.indexrelid
   WHERE (NOT indisvalid OR NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')))
     AND whole AND rel.relkind <> 't'
  UNION ALL
  SELECT nspname, 1, relname, 4, polname, 'policy', format('%I on %s', polname, shown),
         format('AS %s FOR %s TO %s', CASE WHEN polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
           CASE polcmd WHEN '*' THEN 'ALL' WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' ELSE 'DELETE' END,
           (SELECT string_agg(name, ', ' ORDER BY name COLLATE "C")
              FROM unnest(polroles) r, LATERAL (SELECT CASE r WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r)) END) AS named (name)))
           || coalesce(' USING (' || pg_get_expr(polqual, polrelid) || ')', '')
           || coalesce(' WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')', '')
    FROM rel JOIN pg_policy p ON p.polrelid = rel.oid
  UNION ALL
  SELECT nspname, 1, relname, 5, tgname, 'trigger', format('%I on %s', tgname, shown),
         pg_get_triggerdef(t.oid)
           || CASE tgenabled WHEN 'O' THEN '' WHEN 'D' THEN ' disabled' WHEN 'A' THEN ' always' ELSE ' replica only' END
    FROM rel JOIN pg_trigger t ON t.tgrelid = rel.oid WHERE NOT tgisinternal
  UNION ALL
  SELECT nspname, 1, relname, 6, rulename, 'rule', format('%I on %s', rulename, shown),
         pg_get_ruledef(r.oid) || CASE ev_enabled WHEN 'O' THEN '' ELSE ' state ' || ev_enabled::text END
    FROM rel JOIN pg_rewrite r ON r.ev_class = rel.oid WHERE rulename <> '_RETURN'
  UNION ALL
  SELECT nspname, 1, relname, 10, '', 'child', format('%s of %s', inhrelid::regclass, shown), 'its rows are read as ' || shown || '''s'
    FROM rel JOIN pg_inherits h ON h.inhparent = rel.oid WHERE relkind IN ('r', 'p', 'f')
  UNION ALL
  SELECT nspname, 2, proname, 0, pg_get_function_identity_arguments(p.oid),
         CASE prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
         format('%s.%I(%s)', shown, proname, pg_get_function_identity_arguments(p.oid)),
         format('owner %s, executable by %s', pg_get_userbyid(proowner),
           coalesce((SELECT string_agg(r, ', ' ORDER BY r COLLATE "C")
                       FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) x,
                    LATERAL (SELECT CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END
                                      || CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) AS named (r)
                      WHERE x.grantee <> proowner), 'nobody else'))
           || CASE WHEN EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) x WHERE x.grantee = proowner)
                   THEN '' ELSE ', and not by its owner' END
           || CASE prokind WHEN 'a' THEN '' ELSE E'\n' || rtrim(pg_get_functiondef(p.oid), E'\n') END
    FROM pg_proc p JOIN ns ON p.pronamespace = ns.oid
  UNION ALL
  SELECT nspname, 3, typname, 0, '', 'type', format('%s.%I', shown, typname), format('kind %s owner %s', typtype, pg_get_userbyid(typowner))
    FROM pg_type t JOIN ns ON t.typnamespace = ns.oid WHERE typtype IN ('e', 'd', 'r', 'b', 'p') AND typelem = 0
  UNION ALL
  -- Whatever else may be in a schema: operators, collations, statistics, default privileges …
  SELECT nspname, 4, '', 0, identity, type, identity, 'in schema ' || shown
    FROM ns JOIN pg_depend d ON d.refclassid = 'pg_namespace'::regclass AND d.refobjid = ns.oid,
         LATERAL pg_identify_object(classid, objid, objsubid)
   WHERE classid NOT IN ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass, 'pg_constraint'::regclass))
SELECT kind::text, object::text, definition::text FROM entries
 ORDER BY n COLLATE "C", a, b COLLATE "C", c, d COLLATE "C", object COLLATE "C"
