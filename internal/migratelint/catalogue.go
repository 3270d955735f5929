package migratelint

// The queries of [Rules]. Each returns class, oid and detail of an object as
// snapshotQuery does, and a text.

// tenantTables adds the relations that have a tenant_id.
const tenantTables = ofModules + `,
tenant_relation AS (
	SELECT rel.*, a.attnum AS tenant_att
	FROM rel JOIN pg_attribute a ON a.attrelid = rel.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
	WHERE relkind IN ('r', 'p', 'm')),
tenant_table AS (SELECT * FROM tenant_relation WHERE relkind <> 'm')
`

const unprotected = tenantTables + `SELECT 'pg_class', oid::bigint, '', `

const subqueryPolicies = ofModules + `
SELECT 'pg_policy', p.oid::bigint, '', format('policy %I on %s has a sub-query: '
	'use columns and current_setting only', p.polname, rel.oid::regclass)
FROM pg_policy p JOIN rel ON rel.oid = p.polrelid
WHERE concat(p.polqual::text, p.polwithcheck::text) LIKE '%{SUBLINK %'`

// A view that reads another view is judged by the tables behind both: the
// outer view's owner is whom the inner view's tables see.
const definerViews = tenantTables + `,
reads AS (
	SELECT w.ev_class AS view, d.refobjid AS source
	FROM pg_rewrite w JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
	WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid <> w.ev_class),
behind AS (
	SELECT * FROM reads
	UNION
	SELECT behind.view, reads.source FROM behind JOIN reads ON reads.view = behind.source)
SELECT 'pg_class', v.oid::bigint, '', format('view %s reads %s with its owner''s rights: '
	'create it WITH (security_invoker = true)', v.oid::regclass, t.oid::regclass)
FROM behind JOIN rel v ON v.oid = behind.view AND v.relkind = 'v' JOIN tenant_relation t ON t.oid = behind.source
WHERE NOT EXISTS (
	SELECT FROM pg_options_to_table(v.reloptions)
	WHERE option_name = 'security_invoker' AND option_value::bool)`

// keysNotByTenant reads a key's first column from its index, which has the
// columns of every kind of key in order.
func keysNotByTenant(contype string) string {
	return tenantTables + `
SELECT 'pg_constraint', c.oid::bigint, '', format('%I on %s does not begin with tenant_id', c.conname, t.oid::regclass)
FROM tenant_table t JOIN pg_constraint c ON c.conrelid = t.oid JOIN pg_index i ON i.indexrelid = c.conindid
WHERE c.contype = '` + contype + `' AND c.conparentid = 0 AND i.indkey[0] <> t.tenant_att`
}

const uniquesNotByTenant = tenantTables + `
SELECT 'pg_class', i.indexrelid::bigint, '', format('%I on %s does not begin with tenant_id', x.relname, t.oid::regclass)
FROM tenant_relation t JOIN pg_index i ON i.indrelid = t.oid JOIN pg_class x ON x.oid = i.indexrelid
WHERE i.indisunique AND NOT i.indisprimary AND NOT x.relispartition AND i.indkey[0] <> t.tenant_att`

const foreignKeysNotByTenant = tenantTables + `
SELECT 'pg_constraint', c.oid::bigint, '', format('%I from %s to %s does not begin with tenant_id on both sides',
	c.conname, t.oid::regclass, r.oid::regclass)
FROM tenant_table t JOIN pg_constraint c ON c.conrelid = t.oid AND c.contype = 'f' JOIN tenant_table r ON r.oid = c.confrelid
WHERE c.conparentid = 0 AND (c.conkey[1] <> t.tenant_att OR c.confkey[1] <> r.tenant_att)`

const foreignKeysToLater = ofModules + `
SELECT 'pg_constraint', c.oid::bigint, '', format('%I points from %s to a table of the later module %s',
	c.conname, t.oid::regclass, later.nspname)
FROM pg_constraint c JOIN rel t ON t.oid = c.conrelid JOIN ns ON ns.oid = t.relnamespace
JOIN rel r ON r.oid = c.confrelid JOIN ns later ON later.oid = r.relnamespace
WHERE c.contype = 'f' AND c.conparentid = 0
  AND array_position($1::text[], later.nspname::text) > array_position($1::text[], ns.nspname::text)`

const grantsToPublic = ofModules + `
SELECT class, oid, detail, shown || ' is granted to PUBLIC: grant it to one of the roles' FROM public_privilege`

const publicFunctions = ofModules + `
SELECT 'pg_proc', oid::bigint, '', 'PUBLIC may execute ' || oid::regprocedure || ': REVOKE ALL ON FUNCTION … FROM PUBLIC'
FROM proc
WHERE EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee = 0)`

// A path is safe if it names nothing that others may create objects in.
// With an empty search_path, or one that does not name it, pg_temp is searched first for
// types: whoever makes a temporary type named text has its code run in the function. A
// trigger's function decides too, though it runs as the caller. A body that was parsed
// when the function was made (RETURN, BEGIN ATOMIC) looks nothing up any more.
const unpinnedFunctions = ofModules + `
SELECT 'pg_proc', oid::bigint, '', oid::regprocedure || ' finds what its caller puts before the catalogue: add SET search_path = pg_catalog, pg_temp'
FROM proc
WHERE (prosqlbody IS NULL OR prosecdef) AND NOT EXISTS (
	SELECT FROM unnest(proconfig) AS setting,
		LATERAL regexp_split_to_array(replace(substr(setting, length('search_path=') + 1), '"', ''), ',\s*') AS path
	WHERE starts_with(setting, 'search_path=')
	  AND path[1] = 'pg_catalog' AND path[cardinality(path)] = 'pg_temp'
	  AND path[2:cardinality(path) - 1] <@ $1::text[])`
