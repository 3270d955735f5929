package pghealth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"stella-ops.org/attestdb/domain/health"
)

// gapsSQL names tables that hold tenants' rows, or once were bound by policies, and are
// not bound now. It reads flags alone: texts of policies take locks that a migration may
// keep waiting, and a program is no less ready for that.
const gapsSQL = `SELECT pg_catalog.format('%I.%I: %s', n.nspname, c.relname, CASE
    WHEN NOT c.relrowsecurity THEN 'row-level security is off'
    WHEN NOT c.relforcerowsecurity THEN 'row-level security is not forced on the owner'
    WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid AND a.oid = ANY (p.polroles)) THEN 'there is no policy for ' || $2::text
    ELSE 'there is a policy for everybody' END)
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_roles a ON a.rolname = $2::text
 WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p')
   AND (EXISTS (SELECT FROM pg_catalog.pg_attribute t WHERE t.attrelid = c.oid AND t.attname = 'tenant_id' AND NOT t.attisdropped)
     OR EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid))
   AND NOT (c.relrowsecurity AND c.relforcerowsecurity
     AND EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid AND a.oid = ANY (p.polroles))
     AND NOT EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid AND 0 = ANY (p.polroles)))
 ORDER BY 1`

// Gaps finds tables that row-level security does not bind. It is asked for readiness.
func (s Server) Gaps() health.Check {
	c := s.ask("rls.gaps", func(ctx context.Context, conn *pgxpool.Conn) (health.Result, error) {
		return none(ctx, conn, "tenants may see each other's rows",
			"somebody changed the tables: find out who, then ALTER TABLE … ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY, and restore the policies from the migrations",
			gapsSQL, s.Schemas, s.App)
	})
	c.Ready = true
	return c
}

// none fails if a question finds anything.
func none(ctx context.Context, conn *pgxpool.Conn, problem, fix, sql string, args ...any) (health.Result, error) {
	found, err := texts(ctx, conn, sql, args...)
	res := health.Result{Status: health.OK, Value: fmt.Sprintf("%d found", len(found)), Threshold: "fail from 1"}
	if len(found) > 0 {
		res.Status, res.Value, res.Error, res.Fix = health.Fail, res.Value+": "+list(found), problem, fix
	}
	return res, err
}

// policiesSQL names tables whose policies let the application's role see or write more
// than the tenant's rows. $3 is the one expression that is right.
const policiesSQL = `SELECT pg_catalog.format('%I.%I: %s', n.nspname, c.relname, CASE WHEN x.wrong > 0 THEN 'a policy of more than the tenant''s rows' ELSE 'no policy of the tenant''s rows' END)
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 CROSS JOIN LATERAL (
   SELECT count(*) FILTER (WHERE r) AS good, count(*) FILTER (WHERE r IS NOT TRUE) AS wrong FROM (
     SELECT pg_catalog.pg_get_expr(p.polqual, p.polrelid) = $3::text
        AND (p.polwithcheck IS NULL OR pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) = $3::text) AS r
       FROM pg_catalog.pg_policy p
      WHERE p.polrelid = c.oid AND p.polpermissive
        AND (0 = ANY (p.polroles) OR (SELECT a.oid FROM pg_catalog.pg_roles a WHERE a.rolname = $2::text) = ANY (p.polroles))) AS policies) AS x
 WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p') AND (x.good = 0 OR x.wrong > 0)
   AND EXISTS (SELECT FROM pg_catalog.pg_attribute t WHERE t.attrelid = c.oid AND t.attname = 'tenant_id' AND NOT t.attisdropped)
 ORDER BY 1`

// Policies compares the text of each policy that the application's role is bound by.
func (s Server) Policies() health.Check {
	return s.ask("rls.policies", func(ctx context.Context, conn *pgxpool.Conn) (health.Result, error) {
		right := fmt.Sprintf("(tenant_id = (NULLIF(current_setting('%s'::text, true), ''::text))::uuid)", s.Setting)
		return none(ctx, conn, "tenants may see each other's rows",
			"somebody changed the policies: find out who, then restore them from the migrations",
			policiesSQL, s.Schemas, s.App, right)
	})
}

const triggersSQL = `SELECT pg_catalog.format('%I on %I.%I', t.tgname, n.nspname, c.relname)
  FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY ($1) AND t.tgenabled NOT IN ('O', 'A') ORDER BY 1`

// Triggers finds those that are switched off, foreign keys' as well.
func (s Server) Triggers() health.Check {
	return s.ask("triggers", func(ctx context.Context, conn *pgxpool.Conn) (health.Result, error) {
		return none(ctx, conn, "what triggers guard is not guarded: append-only tables, the ledger's law, foreign keys",
			"somebody switched them off: find out who, verify the ledgers (`attestdb verdict verify --all-tenants`), then ALTER TABLE … ENABLE TRIGGER …",
			triggersSQL, s.Schemas)
	})
}

// SelfTest plays two tenants that do not exist, in a transaction that is rolled back:
// without a tenant, and with one that has nothing, no row of any table may be seen, and
// no row of another tenant's written. insert is a statement that writes one for the
// tenant $1. It is for a pool whose login is bound by row-level security.
//
// Each table is asked whether it has any row, through an index that begins with
// tenant_id: plans that read tables are switched off, since by poor statistics a planner
// may believe that any tenant has much of a table, and would read it from end to end to
// find nothing. So where all is well each costs one descent of an index, whatever the
// table's size; where it is not, the first row that is met ends it.
//
// rights are what the login has to be let do: a table that it should read and may not was
// not looked at, and so nothing is said of it.
func (s Server) SelfTest(insert string, rights []Right) health.Check {
	c := s.ask("rls.selftest", func(ctx context.Context, conn *pgxpool.Conn) (health.Result, error) {
		res, err := s.selfTest(ctx, conn, insert, rights)
		if err != nil || res.Status != health.OK {
			return res, err
		}
		// The same connection, after the transaction.
		var left string
		err = conn.QueryRow(ctx, "SELECT coalesce(pg_catalog.current_setting($1, true), '')", s.Setting).Scan(&left)
		if left != "" {
			res = leak("a tenant stays on a connection after its transaction")
		}
		return res, err
	})
	return c
}

func leak(what string) health.Result {
	return health.Result{
		Status: health.Fail, Error: what,
		Fix: "stop the application: tenants are not kept apart; see rls.gaps, rls.policies and the role's and the pool's settings",
	}
}

const tablesSQL = `SELECT n.nspname::text, c.relname::text,
       pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p')
   AND (c.relrowsecurity OR EXISTS (SELECT FROM pg_catalog.pg_attribute t WHERE t.attrelid = c.oid AND t.attname = 'tenant_id' AND NOT t.attisdropped))
 ORDER BY 1, 2`

// selfSettings keep the self-test from reading tables and from waiting for locks.
const selfSettings = `SELECT pg_catalog.set_config('enable_seqscan', 'off', true), pg_catalog.set_config('jit', 'off', true),
	 pg_catalog.set_config('lock_timeout', '500ms', true),
	coalesce(pg_catalog.current_setting($1, true), ''), pg_catalog.current_setting('transaction_read_only')::bool`

func (s Server) selfTest(ctx context.Context, conn *pgxpool.Conn, insert string, rights []Right) (health.Result, error) {
	tables, unread, err := s.visibleSQL(ctx, conn, rights)
	if err != nil {
		return health.Result{}, err
	}
	if len(tables) == 0 {
		return health.Result{Status: health.Unknown, Error: "the login may read no table with a tenant", Fix: "see access.…, grants.… and schema"}, nil
	}
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted})
	if err != nil {
		return health.Result{}, err
	}
	// After a deadline the connection is closed, and this does nothing.
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = tx.Rollback(ctx) // if it fails the pool closes the connection
	}()
	var left string
	var readOnly bool
	var ignored any
	if err := tx.QueryRow(ctx, selfSettings, s.Setting).Scan(&ignored, &ignored, &ignored, &left, &readOnly); err != nil {
		return health.Result{}, err
	}
	if left != "" {
		return leak("a connection of the pool carries a tenant"), nil
	}
	visible := strings.Join(tables, " UNION ALL ")
	a, b := uuid.New(), uuid.New()
	for _, tenant := range []string{"", a.String()} {
		if tenant != "" {
			if _, err := tx.Exec(ctx, "SELECT pg_catalog.set_config($1, $2, true)", s.Setting, tenant); err != nil {
				return health.Result{}, err
			}
		}
		rows, err := tx.Query(ctx, visible)
		if err != nil {
			return health.Result{}, err
		}
		seen, err := pgx.CollectRows(rows, pgx.RowTo[string])
		switch {
		case err != nil:
			return health.Result{}, err
		case len(seen) > 0 && tenant == "":
			return leak("without a tenant rows are seen in " + list(seen)), nil
		case len(seen) > 0:
			return leak("a tenant that has nothing sees rows in " + list(seen)), nil
		}
	}
	value := fmt.Sprintf("%d tables show no other tenant's rows", len(tables))
	well := func(value string) health.Result {
		if len(unread) == 0 {
			return health.Result{Status: health.OK, Value: value}
		}
		return health.Result{
			Status: health.Unknown, Value: value,
			Error: fmt.Sprintf("%d tables that the login should read, and may not, were not looked at: %s", len(unread), list(unread)), Fix: lackFix,
		}
	}
	if readOnly {
		return well(value + "; writing was not tried: the server is read-only"), nil
	}
	_, err = tx.Exec(ctx, insert, b)
	pg, _ := errors.AsType[*pgconn.PgError](err)
	switch {
	case err == nil:
		return leak("a tenant wrote a row of another's"), nil
	case pg == nil:
		return health.Result{}, err
	case pg.Code == unknownTenant, ofPolicy(pg):
		return well(value + ", and none is written"), nil
	case pg.Code == insufficientPrivilege:
		return health.Result{
			Status: health.Unknown, Value: value, Fix: lackFix,
			Error: "whether another tenant's row is refused could not be tried: " + pg.Message,
		}, nil
	case pg.Code == "55P03", pg.Code == "57014", strings.HasPrefix(pg.Code, "57P"):
		return health.Result{}, err
	}
	return leak(fmt.Sprintf("another tenant's row was refused for no reason of tenancy: %s (SQLSTATE %s)", pg.Message, pg.Code)), nil
}

// unknownTenant is the SQLSTATE of the trigger that asks whether a tenant is there, which
// comes before row-level security has its say.
const unknownTenant = "AD002"

const (
	insufficientPrivilege = "42501"
	lackFix               = "see grants.… for what to grant, then look again"
)

// ofPolicy tells a row that a policy refused from a lack of rights, which has the same
// code. Messages may be in any language, the name of the function in PostgreSQL is not.
func ofPolicy(pg *pgconn.PgError) bool {
	return pg.Code == insufficientPrivilege &&
		(pg.Routine == "ExecWithCheckOptions" || strings.Contains(pg.Message, "violates row-level security policy"))
}

// visibleSQL returns a statement for each table that yields its name if it has any row,
// and the tables that the login may not read and has to by the rights given.
func (s Server) visibleSQL(ctx context.Context, conn *pgxpool.Conn, rights []Right) (parts, unread []string, err error) {
	rows, err := conn.Query(ctx, tablesSQL, s.Schemas)
	if err != nil {
		return nil, nil, err
	}
	var schema, table string
	var may bool
	_, err = pgx.ForEachRow(rows, []any{&schema, &table, &may}, func() error {
		if !may {
			if slices.ContainsFunc(rights, func(r Right) bool { return r.Schema == schema && r.Name == table && r.Privilege == "SELECT" }) {
				unread = append(unread, schema+"."+table)
			}
			return nil
		}
		parts = append(parts, fmt.Sprintf("SELECT '%s.%s' WHERE EXISTS (SELECT FROM %s)", strings.ReplaceAll(schema, "'", "''"),
			strings.ReplaceAll(table, "'", "''"), pgx.Identifier{schema, table}.Sanitize()))
		return nil
	})
	return parts, unread, err
}
