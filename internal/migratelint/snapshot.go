package migratelint

// object is one row of a catalogue, or, with a detail, one privilege that it
// gives.
type object struct {
	class  string
	oid    int64
	detail string
}

// state is what the rules need of an object after a statement.
type state struct {
	name  string
	table int64 // the table of an index or constraint, else 0
	kind  string
	// definition changes when the object does.
	definition string
}

// Kinds of state.
const (
	kindIndex           = "index"
	kindConstraintIndex = "constraint's index"
	kindPrimaryKey      = "primary key"
	kindUnique          = "unique constraint"
	kindExclusion       = "exclusion constraint"
	kindForeignKey      = "foreign key"
	kindCheck           = "check constraint"
)

// ofModules names the schemas $1 and their relations and functions. Members of
// extensions are left out: they are not the migrations' work.
const ofModules = `
WITH RECURSIVE ns AS (SELECT * FROM pg_namespace WHERE nspname = ANY ($1::text[])),
member AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
rel AS (
	SELECT c.* FROM pg_class c JOIN ns ON ns.oid = c.relnamespace
	WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S')
	  AND ('pg_class'::regclass, c.oid) NOT IN (SELECT classid, objid FROM member)),
proc AS (
	SELECT p.* FROM pg_proc p JOIN ns ON ns.oid = p.pronamespace
	WHERE ('pg_proc'::regclass, p.oid) NOT IN (SELECT classid, objid FROM member)),
public_privilege AS (
	SELECT class, oid::bigint, 'public:' || att || ':' || privilege_type AS detail, privilege_type || ' on ' || shown AS shown
	FROM (
		SELECT 'pg_namespace' AS class, oid, 0 AS att, 'schema ' || nspname AS shown, nspacl AS acl FROM ns
		UNION ALL
		SELECT 'pg_class', oid, 0, oid::regclass::text, relacl FROM rel
		UNION ALL
		SELECT 'pg_class', rel.oid, a.attnum, rel.oid::regclass || '.' || a.attname, a.attacl
		FROM rel JOIN pg_attribute a ON a.attrelid = rel.oid AND a.attacl IS NOT NULL) given
	CROSS JOIN aclexplode(acl) WHERE grantee = 0)
`

// snapshotQuery lists the objects of the schemas $1. What a partition gets from
// its parent is left out.
const snapshotQuery = ofModules + `
SELECT 'pg_class', oid::bigint, '', relname::text, 0::bigint,
	CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' ELSE 'table' END,
	concat_ws('|', reloptions,
		(SELECT md5(string_agg(ev_action::text, '' ORDER BY rulename)) FROM pg_rewrite WHERE ev_class = rel.oid))
FROM rel
UNION ALL
SELECT 'pg_class', c.oid, '', c.relname, i.indrelid,
	CASE WHEN EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid AND k.contype IN ('p', 'u', 'x'))
		THEN 'constraint''s index' ELSE 'index' END, ''
FROM pg_index i JOIN rel ON rel.oid = i.indrelid JOIN pg_class c ON c.oid = i.indexrelid
WHERE NOT c.relispartition
UNION ALL
SELECT 'pg_constraint', c.oid, '', c.conname, c.conrelid,
	CASE c.contype WHEN 'f' THEN 'foreign key' WHEN 'c' THEN 'check constraint'
		WHEN 'x' THEN 'exclusion constraint' WHEN 'p' THEN 'primary key' ELSE 'unique constraint' END,
	CASE WHEN c.convalidated THEN 'validated' ELSE '' END
FROM pg_constraint c JOIN ns ON ns.oid = c.connamespace
WHERE c.contype IN ('p', 'u', 'x', 'f', 'c') AND c.conparentid = 0 AND (c.conislocal OR c.conrelid = 0)
UNION ALL
SELECT 'pg_policy', p.oid, '', p.polname, p.polrelid, 'policy', concat_ws('|', p.polqual, p.polwithcheck)
FROM pg_policy p JOIN rel ON rel.oid = p.polrelid
UNION ALL
SELECT 'pg_proc', oid, '', proname, 0, 'function', concat_ws('|', md5(prosrc), prosecdef, proconfig)
FROM proc
UNION ALL
SELECT class, oid, detail, shown, 0, 'privilege', ''
FROM public_privilege`
