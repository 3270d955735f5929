package attestdb

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/health"
	"stella-ops.org/attestdb/internal/pghealth"
	"stella-ops.org/attestdb/internal/pgrole"
	"stella-ops.org/attestdb/migrations"
)

// HealthConfig says what [DB.Health] and [DB.HealthHandler] look at, and how often. The
// zero value is right for most programs.
type HealthConfig struct {
	// Timing is how long answers hold, and how long finding them may take.
	Timing health.Config
	// Thresholds are the limits from which on a check warns or fails.
	Thresholds health.Thresholds
	// RequireWrites fails on a server that takes no writes, or lets them wait for a
	// synchronous standby that is not there. Without it a replica is well, and says that
	// it is one.
	RequireWrites bool
}

func (c HealthConfig) validate() error {
	if _, err := c.Thresholds.WithDefaults(); err != nil {
		return err
	}
	_, err := health.New(c.Timing)
	return err
}

// Health says how the database and the pools to it are: every check with its value,
// threshold and fix. Its answer holds for 15 seconds ([HealthConfig]), and whoever asks
// while it is found out gets the same one; it takes two connections at most. It returns
// when ctx ends, and after 10 seconds at the latest.
func (db *DB) Health(ctx context.Context) health.Report { return db.health.Report(ctx) }

// HealthHandler serves /livez, /readyz and /healthz, as [health.Registry.Handler] says.
// The program is ready when the application's pool gives a connection that answers, with
// the right role, which may use every schema, a schema that fits, and row-level security
// on every table; without Config.App, when all other pools do.
func (db *DB) HealthHandler() http.Handler { return db.health.Handler() }

// HealthChecks is where a program adds checks of its own.
func (db *DB) HealthChecks() *health.Registry { return db.health }

// replica is the name of the pool that reads on standbys. The program serves without it.
const replica = "replica"

// login is a pool with the role that its login should have.
type login struct {
	role pgrole.Role
	pool pghealth.Pool
}

func (db *DB) watchHealth(cfg HealthConfig) error {
	db.verified = &verifications{}
	var logins []login
	for _, l := range []login{
		{pgrole.App, pghealth.Pool{Name: "app", Pool: db.app.Pgx()}},
		{pgrole.Admin, pghealth.Pool{Name: "admin", Pool: db.admin.Pgx()}},
		{pgrole.Auditor, pghealth.Pool{Name: "auditor", Pool: db.auditor.Pgx()}},
		{pgrole.App, pghealth.Pool{Name: replica, Pool: db.replica.Pgx()}},
	} {
		if l.pool.Pool != nil {
			logins = append(logins, l)
		}
	}
	var err error
	if db.health, err = newRegistry(cfg, logins); err != nil {
		return err
	}
	if db.auditor != nil {
		limits, err := cfg.Thresholds.WithDefaults()
		if err != nil {
			return err
		}
		return db.health.Add(db.verified.check(limits.Verified))
	}
	return nil
}

// staysNotValid are the constraints that came when rows which cannot be changed may
// break them.
var staysNotValid = []string{
	"ledger_entries_actor_printable", "ledger_entries_erasure_reason", "ledger_entries_not_zero",
	"ledger_entries_subject_digest_of_algorithm", "ledger_inputs_digest_not_zero", "ledger_inputs_position_most", "tenants_id_not_nil",
}

// foreignRow writes a row for the tenant $1 that is right in all else but that its
// envelope is not there, which is seen last.
const foreignRow = `INSERT INTO attestor.envelope_verifications
  (tenant_id, id, created_at, envelope_id, outcome, verifier, policy, signatures, time_verified)
VALUES ($1, pg_catalog.gen_random_uuid(), pg_catalog.now(), pg_catalog.gen_random_uuid(), 'verified', 'attestdb health', 'none', '[]', pg_catalog.now())`

// newRegistry returns a registry with the checks of the logins' pools and of what is
// behind them.
func newRegistry(cfg HealthConfig, logins []login) (*health.Registry, error) {
	registry, err := health.New(cfg.Timing)
	if err != nil {
		return nil, err
	}
	limits, err := cfg.Thresholds.WithDefaults()
	if err != nil {
		return nil, err
	}
	of := func(role pgrole.Role) int {
		return slices.IndexFunc(logins, func(l login) bool { return l.role == role })
	}
	serves := func(l login) bool { return l.pool.Name != replica && (l.role == pgrole.App || of(pgrole.App) < 0) }
	var checks []health.Check
	for _, l := range logins {
		writes := cfg.RequireWrites && l.role != pgrole.Auditor && l.pool.Name != replica
		checks = append(checks, l.pool.Connection(serves(l), writes), roleCheck(l, serves(l)))
		if writes {
			checks = append(checks, l.pool.Writes(serves(l)))
		}
		if l.role != pgrole.Owner { // who owns them may do everything with them
			checks = append(checks, accessChecks(l, serves(l))...)
		}
	}
	serving := logins[max(0, of(pgrole.App))]
	checks = append(checks, schemaChecks(serving.pool)...)

	guards := pghealth.Server{
		Pool: serving.pool, Limits: limits, Schemas: migrations.Modules, NotValid: staysNotValid,
		App: string(pgrole.App), Setting: "attestdb.tenant_id",
	}
	checks = append(checks, guards.Gaps(), guards.Policies(), guards.Triggers(), settingsCheck(serving.pool))
	if serving.role == pgrole.App {
		all, err := granted()
		if err != nil {
			return nil, err
		}
		checks = append(checks, guards.SelfTest(foreignRow, all[pgrole.App]))
	}
	for _, l := range logins {
		checks = append(checks, l.pool.Saturation(limits.PoolUse, limits.PoolWait), l.pool.Latency(limits.Latency))
	}
	// Whoever watches is best given the auditor's login.
	server := guards
	for _, role := range []pgrole.Role{pgrole.Owner, pgrole.Admin, pgrole.Auditor} {
		if i := of(role); i >= 0 {
			server.Pool = logins[i].pool
		}
	}
	checks = append(checks, server.Checks()...)
	if i := of(pgrole.Auditor); i >= 0 {
		checks = append(checks, checkpointCheck(logins[i].pool, limits.Uncovered))
	}
	return registry, registry.Add(checks...)
}

// roleCheck asks whether a login has the rights of its role alone.
func roleCheck(l login, ready bool) health.Check {
	return health.Check{Name: "role." + l.pool.Name, Ready: ready, Needs: l.pool.ConnectionName(), Run: func(ctx context.Context) health.Result {
		err := pgrole.Check(ctx, l.pool, l.role)
		if err != nil {
			return faultResult(err)
		}
		return health.Result{Status: health.OK, Value: fmt.Sprintf("a member of %s and of no other role of attestdb's", l.role)}
	}}
}

// settingsCheck asks whether triggers may be passed by with a setting, or are.
func settingsCheck(pool pghealth.Pool) health.Check {
	return health.Check{Name: "settings", Needs: pool.ConnectionName(), Run: func(ctx context.Context) health.Result {
		conn, err := pool.Acquire(ctx)
		if err != nil {
			return faultResult(err)
		}
		defer conn.Release()
		var replication, login string
		if err := conn.QueryRow(ctx, "SELECT pg_catalog.current_setting('session_replication_role'), session_user::text").Scan(&replication, &login); err != nil {
			return faultResult(err)
		}
		grants, err := pgrole.ParameterGrants(ctx, conn)
		if err != nil {
			return faultResult(err)
		}
		res := health.Result{Status: health.OK, Value: "triggers run, and nobody of attestdb's may set that they do not"}
		switch {
		case replication != "origin":
			res.Status, res.Value = health.Fail, "session_replication_role is "+replication+" in the sessions of "+login
			res.Error = "what triggers guard is not guarded: append-only tables, the ledger's law, foreign keys"
			res.Fix = fmt.Sprintf("ALTER ROLE %s RESET session_replication_role (or IN DATABASE …: `attestdb migrate verify` names it), then verify the ledgers (`attestdb verdict verify --all-tenants`)",
				pgx.Identifier{login}.Sanitize())
		case len(grants) > 0:
			g := grants[0]
			res.Status, res.Value = health.Fail, fmt.Sprintf("%d rights on settings, the first is %s on %s of %s", len(grants), g.Privilege, g.Parameter, g.Grantee)
			res.Error = "with it a session passes by what the server guards"
			res.Fix = "find out who granted it, then " + g.Revoke + " `attestdb migrate verify` names all"
		}
		return res
	}}
}
