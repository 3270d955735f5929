package migrator

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/fault"
)

// distributable is what of the modules' schemas Citus has to be told, in its order.
type distributable struct {
	database string
	// reference tables have no tenant: each node has all of them.
	reference []string
	// tenants' tables come behind those that their foreign keys point to.
	tenants []string
	// helpers run where they are called; entries are called by programs, for one tenant.
	helpers, entries []string
	// triggers are on tables that are distributed, "schema.table: name" each; referenceTriggers
	// on reference tables.
	triggers, referenceTriggers []string
	// locking are functions that take advisory locks.
	locking []string
}

// Distribute returns the SQL that distributes a migrated database by tenant over a Citus
// cluster, made from its catalogue. It changes nothing. It returns a *[fault.Schema] if the
// database is not migrated, all of it, to what cfg brings.
func Distribute(ctx context.Context, cfg Config) (string, error) {
	status, err := Status(ctx, cfg)
	if err != nil {
		return "", err
	}
	for i := range status.Modules {
		if m := &status.Modules[i]; m.State != StateOK {
			return "", m.fault()
		}
	}
	cfg, _, err = cfg.prepare()
	if err != nil {
		return "", err
	}
	cc, err := cfg.connConfig()
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, cfg.Timeout, errTimeout)
	defer cancel()
	s, err := open(ctx, cc, "owner", cfg.Logger)
	if err != nil {
		return "", cancelled(ctx, err)
	}
	defer s.close(ctx)
	d, err := readDistributable(ctx, s.conn, cfg.Modules)
	if err != nil {
		return "", cancelled(ctx, serverError(err))
	}
	return d.sql(), nil
}

const distributableSQL = `
WITH modules AS (SELECT n.oid, n.nspname, m.rank FROM unnest($1::text[]) WITH ORDINALITY AS m (name, rank) JOIN pg_catalog.pg_namespace n ON n.nspname = m.name),
tables AS (
  SELECT c.oid, m.rank, pg_catalog.format('%I.%I', m.nspname, c.relname) AS name,
         EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped) AS of_tenants
    FROM pg_catalog.pg_class c JOIN modules m ON m.oid = c.relnamespace WHERE c.relkind IN ('r', 'p'))
`

// readDistributable reads the catalogue.
func readDistributable(ctx context.Context, conn *pgx.Conn, modules []string) (d distributable, err error) {
	read := func(sql string, into *[]string) {
		if err != nil {
			return
		}
		var rows pgx.Rows
		if rows, err = conn.Query(ctx, distributableSQL+sql, modules); err == nil {
			*into, err = pgx.CollectRows(rows, pgx.RowTo[string])
		}
	}
	read("SELECT name FROM tables WHERE NOT of_tenants ORDER BY rank, name", &d.reference)
	read(`SELECT t.name || ': ' || g.tgname FROM tables t JOIN pg_catalog.pg_trigger g ON g.tgrelid = t.oid AND NOT g.tgisinternal
		WHERE t.of_tenants ORDER BY t.rank, t.name, g.tgname`, &d.triggers)
	read(`SELECT t.name || ': ' || g.tgname FROM tables t JOIN pg_catalog.pg_trigger g ON g.tgrelid = t.oid AND NOT g.tgisinternal
		WHERE NOT t.of_tenants ORDER BY t.rank, t.name, g.tgname`, &d.referenceTriggers)
	// Programs call what somebody but the owner may execute. Of those that are one tenant's
	// the argument says which.
	const entry = `EXISTS (SELECT FROM pg_catalog.aclexplode(p.proacl) x WHERE x.grantee <> p.proowner)
		AND p.proargtypes[pg_catalog.array_position(p.proargnames, 'tenant') - 1] = 'uuid'::regtype`
	const functions = `SELECT p.oid::regprocedure::text FROM pg_catalog.pg_proc p JOIN modules m ON m.oid = p.pronamespace WHERE `
	read(functions+"("+entry+") IS TRUE ORDER BY m.rank, 1", &d.entries)
	read(functions+"("+entry+") IS NOT TRUE ORDER BY m.rank, 1", &d.helpers)
	read(functions+"p.prosrc ~* '\\mpg_(try_)?advisory' ORDER BY m.rank, 1", &d.locking)
	var names, keys []string
	read("SELECT name FROM tables WHERE of_tenants ORDER BY rank, name", &names)
	read(`SELECT a.name || ' ' || b.name FROM pg_catalog.pg_constraint k JOIN tables a ON a.oid = k.conrelid JOIN tables b ON b.oid = k.confrelid
		WHERE k.contype = 'f' AND a.oid <> b.oid AND b.of_tenants ORDER BY 1`, &keys)
	if err == nil {
		err = conn.QueryRow(ctx, "SELECT pg_catalog.current_database()").Scan(&d.database)
	}
	if err != nil {
		return d, err
	}
	d.tenants, err = parentsFirst(names, keys)
	return d, err
}

// parentsFirst orders tables so that each comes behind those that its foreign keys point
// to: Citus distributes no table whose parent is local. A key is "child parent".
func parentsFirst(tables, keys []string) ([]string, error) {
	waits := map[string][]string{}
	for _, k := range keys {
		child, parent, _ := strings.Cut(k, " ")
		waits[child] = append(waits[child], parent)
	}
	var order []string
	for len(order) < len(tables) {
		before := len(order)
		for _, t := range tables {
			ready := !slices.ContainsFunc(waits[t], func(parent string) bool { return !slices.Contains(order, parent) })
			if ready && !slices.Contains(order, t) {
				order = append(order, t)
			}
		}
		if len(order) == before {
			return nil, &fault.Invalid{Field: "foreign keys", Allowed: "no circle of tables", Problem: fmt.Sprintf("%d of %d tables are in one, or behind it", len(tables)-before, len(tables))}
		}
	}
	return order, nil
}

func (d *distributable) sql() string {
	var b strings.Builder
	fmt.Fprintf(&b, `-- Distributes attestdb in database %[1]s by tenant over the workers of a Citus cluster.
-- Run it with psql -v ON_ERROR_STOP=1 on the coordinator, as a superuser, after
-- attestdb migrate up, and while nothing is stored: with rows it takes long, and locks.
-- Never in one transaction: psql -1 is wrong here. The roles have to be on every node
-- first: run the output of attestdb migrate bootstrap --print there.
--
-- Written from the documentation of Citus 13 and what was tried with it by hand. This
-- very script is tested for its syntax, its names and its order, without Citus. Try it,
-- and the list at its end, on a cluster of your own before you rely on it.

-- Triggers are part of what attestdb guarantees. Citus takes them on distributed tables
-- with this setting alone; %[2]d of them are on tables below.
SET citus.enable_unsafe_triggers = on;
-- One statement is one transaction here; only migrations do several at once (below).
SET citus.multi_shard_modify_mode = 'parallel';

-- The tenant reaches the workers by SET LOCAL with a literal, and by nothing else: open
-- with Config.TenantSetting SettingLiteral (--tenant-setting literal). These are the
-- logins that there are now; set it for later ones too.
DO $$ DECLARE login name; BEGIN
  FOR login IN
    SELECT m.rolname FROM pg_catalog.pg_auth_members a JOIN pg_catalog.pg_roles g ON g.oid = a.roleid JOIN pg_catalog.pg_roles m ON m.oid = a.member
     WHERE g.rolname IN (%[3]s) AND m.rolcanlogin
  LOOP
    EXECUTE pg_catalog.format('ALTER ROLE %%I IN DATABASE %%I SET citus.propagate_set_commands = ''local''', login, pg_catalog.current_database());
  END LOOP;
  FOR login IN
    SELECT m.rolname FROM pg_catalog.pg_auth_members a JOIN pg_catalog.pg_roles g ON g.oid = a.roleid JOIN pg_catalog.pg_roles m ON m.oid = a.member
     WHERE g.rolname = '%[4]s' AND m.rolcanlogin
  LOOP
    -- A migration changes several tables that are linked by foreign keys in one transaction.
    EXECUTE pg_catalog.format('ALTER ROLE %%I IN DATABASE %%I SET citus.multi_shard_modify_mode = ''sequential''', login, pg_catalog.current_database());
    EXECUTE pg_catalog.format('ALTER ROLE %%I IN DATABASE %%I SET citus.enable_unsafe_triggers = on', login, pg_catalog.current_database());
  END LOOP;
END $$;

-- Tables that are nobody's: every node has all of them.
`, strings.ReplaceAll(d.database, "\n", " "), len(d.triggers)+len(d.referenceTriggers), literals(allGroups()), ownerRole)
	for _, t := range d.reference {
		fmt.Fprintf(&b, "SELECT create_reference_table(%s);\n", quote(t))
	}
	b.WriteString("\n-- Tables of tenants, each behind those that its foreign keys point to.\n")
	for i, t := range d.tenants {
		with := "none"
		if i > 0 {
			with = d.tenants[0]
		}
		fmt.Fprintf(&b, "SELECT create_distributed_table(%s, 'tenant_id', colocate_with => %s);\n", quote(t), quote(with))
	}
	b.WriteString("\n-- Functions that others call, and those of triggers: wherever these run.\n")
	for _, f := range d.helpers {
		fmt.Fprintf(&b, "SELECT create_distributed_function(%s);\n", quote(f))
	}
	b.WriteString(`
-- Functions that programs call for one tenant run where its rows are. The last argument
-- forces that (force_delegation; another name in some versions): in an explicit
-- transaction, as every statement of SettingLiteral is in, Citus does not do it otherwise.
`)
	for _, f := range d.entries {
		fmt.Fprintf(&b, "SELECT create_distributed_function(%s, 'tenant', %s, true);\n", quote(f), quote(d.tenants[0]))
	}
	d.caveats(&b)
	return b.String()
}

// caveats says what does not hold on Citus, or was not tried.
func (d *distributable) caveats(b *strings.Builder) {
	b.WriteString(`
-- What depends on triggers, and so on citus.enable_unsafe_triggers: that the owner changes
-- no evidence (nobody else has the privilege), that the ledger takes right entries only,
-- that nothing is erased in silence or while it is held, that a suspended tenant writes
-- nothing by a role with INSERT. Triggers of statements fire once for each shard that a
-- statement reaches. Those with transition tables were never tried on Citus.
`)
	writeList(b, "Triggers of tenants' tables", d.triggers)
	b.WriteString(`
-- A trigger of a reference table fires on every node, for each copy of the row. One that
-- writes to a tenant's table would do so several times, or be refused: that is how acts on
-- tenants come into the ledger. Without it tenants can be made, and their acts are not in
-- the ledger: ALTER TABLE tenancy.tenants DISABLE TRIGGER tenants_acts.
`)
	writeList(b, "Triggers of reference tables", d.referenceTriggers)
	b.WriteString(`
-- Not distributed: the migrations' revision tables (schemas atlas_...). Migrations take an
-- advisory lock of the coordinator, which is where they run. What an administrator does
-- by functions that name the tenant themselves (set_config) works only if the function is
-- run by the worker that has the tenant's rows.
`)
	writeList(b, "Functions with advisory locks, which hold on one node only", d.locking)
}

func writeList(b *strings.Builder, what string, names []string) {
	if len(names) == 0 {
		fmt.Fprintf(b, "-- %s: none.\n", what)
		return
	}
	fmt.Fprintf(b, "-- %s:\n", what)
	for _, n := range names {
		fmt.Fprintf(b, "--   %s\n", strings.ReplaceAll(n, "\n", " "))
	}
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
