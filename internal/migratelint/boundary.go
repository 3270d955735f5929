package migratelint

import (
	"context"
	"fmt"
)

// part is a row of the catalogue that belongs to a schema.
type part struct {
	class string
	oid   int64
	// sub tells columns apart.
	sub int64
}

// belonging says where a part belongs after a statement.
type belonging struct {
	schema string
	// shown names the part, or the table or type that it is a part of.
	shown string
	// digest changes when the part does.
	digest string
}

// judgeBoundary compares all schemas before and after a statement, those of no
// module included.
func (r *replay) judgeBoundary(at place, before, after map[part]belonging) {
	judge := func(b belonging) {
		if b.schema != at.file.module {
			r.reportf(at, "ML601", "makes, changes or drops %s: a file of %s may touch schema %[2]s only", b.shown, at.file.module)
		}
	}
	for p, now := range after {
		was, existed := before[p]
		if existed && was.digest == now.digest {
			continue
		}
		judge(now)
		if existed && was.schema != now.schema {
			judge(was)
		}
	}
	for p, was := range before {
		if _, exists := after[p]; !exists {
			judge(was)
		}
	}
}

// boundary returns what all schemas but the system's own hold.
func (s *scratch) boundary(ctx context.Context) (map[part]belonging, error) {
	rows, err := s.conn.QueryContext(ctx, boundaryQuery)
	if err != nil {
		return nil, fmt.Errorf("reading the catalogue: %w", err)
	}
	defer rows.Close()
	all := make(map[part]belonging)
	for rows.Next() {
		var p part
		var b belonging
		if err := rows.Scan(&p.class, &p.oid, &p.sub, &b.schema, &b.shown, &b.digest); err != nil {
			return nil, err
		}
		all[p] = b
	}
	return all, rows.Err()
}

// boundaryQuery lists what somebody made in any schema, and the schemas.
// Objects below 16384 are initdb's, among them the schema public. Temporary
// schemas end with the connection. Of a table's row the fields are left out
// that others' statements change: a foreign key sets relhastriggers of the
// table that it points to.
const boundaryQuery = `
WITH member AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
ns AS (
	SELECT * FROM pg_namespace
	WHERE nspname !~ '^pg_(toast|temp_|toast_temp_)'),
top AS (
	SELECT 'pg_namespace'::regclass AS class, oid, 0::oid AS table_oid, oid AS ns, 'schema' AS kind, NULL::name AS name, md5(ns::text) AS digest
	FROM ns WHERE oid >= 16384 OR nspname = 'public'
	UNION ALL
	SELECT 'pg_class'::regclass, c.oid, coalesce(i.indrelid, c.oid), relnamespace,
		CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
			WHEN 'c' THEN 'type' WHEN 'f' THEN 'foreign table' WHEN 'i' THEN 'index' WHEN 'I' THEN 'index' ELSE 'table' END,
		relname, md5((to_jsonb(c) - ARRAY['relhastriggers', 'relhasindex', 'relhassubclass', 'relpages', 'reltuples',
			'relallvisible', 'relallfrozen', 'relfilenode', 'relfrozenxid', 'relminmxid'])::text)
	FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid
	UNION ALL
	SELECT 'pg_proc'::regclass, oid, 0, pronamespace, CASE prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, proname, md5(p::text) FROM pg_proc p
	UNION ALL
	SELECT 'pg_type'::regclass, oid, 0, typnamespace, 'type', typname, md5(t::text) FROM pg_type t
	WHERE typrelid = 0 AND typcategory <> 'A'
	UNION ALL
	SELECT 'pg_operator'::regclass, oid, 0, oprnamespace, 'operator', oprname, md5(o::text) FROM pg_operator o
	UNION ALL
	SELECT 'pg_opclass'::regclass, oid, 0, opcnamespace, 'operator class', opcname, md5(o::text) FROM pg_opclass o
	UNION ALL
	SELECT 'pg_opfamily'::regclass, oid, 0, opfnamespace, 'operator family', opfname, md5(o::text) FROM pg_opfamily o
	UNION ALL
	SELECT 'pg_collation'::regclass, oid, 0, collnamespace, 'collation', collname, md5(c::text) FROM pg_collation c
	UNION ALL
	SELECT 'pg_conversion'::regclass, oid, 0, connamespace, 'conversion', conname, md5(c::text) FROM pg_conversion c
	UNION ALL
	SELECT 'pg_statistic_ext'::regclass, oid, stxrelid, stxnamespace, 'statistics', stxname, md5(s::text) FROM pg_statistic_ext s
	UNION ALL
	SELECT 'pg_ts_config'::regclass, oid, 0, cfgnamespace, 'text search configuration', cfgname, md5(c::text) FROM pg_ts_config c
	UNION ALL
	SELECT 'pg_ts_dict'::regclass, oid, 0, dictnamespace, 'text search dictionary', dictname, md5(d::text) FROM pg_ts_dict d
	UNION ALL
	SELECT 'pg_ts_parser'::regclass, oid, 0, prsnamespace, 'text search parser', prsname, md5(p::text) FROM pg_ts_parser p
	UNION ALL
	SELECT 'pg_ts_template'::regclass, oid, 0, tmplnamespace, 'text search template', tmplname, md5(t::text) FROM pg_ts_template t),
own AS (
	SELECT top.class, top.oid, top.table_oid, ns.nspname AS schema, top.digest,
		concat(kind, ' ', quote_ident(ns.nspname), '.' || quote_ident(name)) AS shown
	FROM top JOIN ns ON ns.oid = top.ns
	WHERE (top.oid >= 16384 OR top.class = 'pg_namespace'::regclass)
	  AND (top.class, top.oid) NOT IN (SELECT classid, objid FROM member)),
inner_part AS (
	SELECT 'pg_attribute' AS class, attrelid AS oid, attnum AS sub, attrelid AS owner, md5(a::text) AS digest FROM pg_attribute a
	UNION ALL
	SELECT 'pg_attrdef', oid, 0, adrelid, md5(d::text) FROM pg_attrdef d
	UNION ALL
	SELECT 'pg_constraint', oid, 0, CASE conrelid WHEN 0 THEN contypid ELSE conrelid END, md5(c::text) FROM pg_constraint c
	UNION ALL
	SELECT 'pg_trigger', oid, 0, tgrelid, md5(t::text) FROM pg_trigger t WHERE NOT tgisinternal
	UNION ALL
	SELECT 'pg_rewrite', oid, 0, ev_class, md5(w::text) FROM pg_rewrite w
	UNION ALL
	SELECT 'pg_policy', oid, 0, polrelid, md5(p::text) FROM pg_policy p
	UNION ALL
	SELECT 'pg_sequence', seqrelid, 0, seqrelid, md5(s::text) FROM pg_sequence s
	UNION ALL
	SELECT 'pg_inherits', inhrelid, inhseqno, inhrelid, md5(i::text) FROM pg_inherits i
	UNION ALL
	SELECT 'pg_enum', oid, 0, enumtypid, md5(e::text) FROM pg_enum e)
SELECT own.class::text, own.oid::bigint, 0::bigint, own.schema::text, coalesce(t.shown, own.shown), own.digest
FROM own LEFT JOIN own t ON t.class = 'pg_class'::regclass AND t.oid = own.table_oid
UNION ALL
SELECT i.class, i.oid::bigint, i.sub::bigint, own.schema::text, coalesce(t.shown, own.shown), i.digest
FROM inner_part i JOIN own ON own.oid = i.owner AND own.class IN ('pg_class'::regclass, 'pg_type'::regclass)
LEFT JOIN own t ON t.class = 'pg_class'::regclass AND t.oid = own.table_oid
WHERE i.oid >= 16384`
