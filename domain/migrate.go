package attestdb

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"stella-ops.org/attestdb/internal/migrator"
	"stella-ops.org/attestdb/migrations"
)

// MigrateConfig says which database to migrate, and how patiently.
type MigrateConfig struct {
	// URL is a connection string whose login is a member of attestdb_owner. It
	// must lead to the server itself, not to a pooler in transaction mode: a
	// session-level lock keeps two migrations apart.
	URL string
	// Timeout bounds the whole run, waiting for locks included; 0 is 5 minutes.
	Timeout time.Duration
	// LockTimeout bounds each single wait for a lock, so that others are not
	// held up behind it for long; it is tried again until Timeout. 0 is 3 s.
	LockTimeout time.Duration
	// Logger is told of files applied and locks waited for; nil is silence.
	Logger *slog.Logger
	// TracerProvider and MeterProvider get spans and metrics, as those of [Config].
	TracerProvider trace.TracerProvider
	MeterProvider  metric.MeterProvider
	// OnFile is called before each file with its number of total.
	OnFile func(module, file string, n, total int)
}

func (c MigrateConfig) migrator() migrator.Config {
	return migrator.Config{
		URL: c.URL, FS: migrations.FS, Modules: migrations.Modules,
		Timeout: c.Timeout, LockTimeout: c.LockTimeout, Logger: c.Logger, OnFile: c.OnFile,
		LibraryLevel: LibraryLevel,
	}
}

type (
	// MigrateReport says which files [Migrate] applied.
	MigrateReport = migrator.Report
	// MigrateStatus compares a database with this library, module by module.
	MigrateStatus = migrator.StatusReport
	// PlannedMigration is a file that [Migrate] would apply, with its SQL and with what its
	// statements do.
	PlannedMigration = migrator.PlannedFile
	// PlannedStatement is one of its statements.
	PlannedStatement = migrator.PlannedStatement
	// PlannedTable is what a statement does to a table, and how large that is now.
	PlannedTable = migrator.PlannedTable
	// MigrateVerification is what [VerifySchema] found.
	MigrateVerification = migrator.Verification
	// MigrateDifference is one object that is not as the migrations made it.
	MigrateDifference = migrator.Difference
	// MigrateLockError says which lock could not be had, and who holds it.
	MigrateLockError = migrator.LockError
)

// Migrate applies the migrations that this library carries to the database, in
// version order over all modules, each file in a transaction of its own. It is
// safe to run several at once and to run again after an interruption.
//
// It refuses, changing nothing, with a *[SchemaError] a database with an edited
// or an out-of-order migration, one with a schema of a module's name that is
// not attestdb's, and one that is newer than this library; with a *[RoleError]
// a login without the owner's rights, or a server without attestdb's roles,
// which [Bootstrap] makes.
func Migrate(ctx context.Context, cfg MigrateConfig) (_ *MigrateReport, err error) {
	ctx, m, call, err := cfg.start(ctx, "migrate")
	if err != nil {
		return nil, err
	}
	defer call.End(&err)
	report, err := migrator.Apply(ctx, m)
	if err != nil {
		return report, fmt.Errorf("migrate: %w", err)
	}
	return report, nil
}

// PlanMigrations returns what [Migrate] would apply, in its order, and of each statement
// which tables it locks, rewrites and reads whole, and how large those are now. It changes
// nothing and fails where Migrate would refuse.
func PlanMigrations(ctx context.Context, cfg MigrateConfig) (_ []PlannedMigration, err error) {
	ctx, m, call, err := cfg.start(ctx, "plan_migrations")
	if err != nil {
		return nil, err
	}
	defer call.End(&err)
	plan, err := migrator.Plan(ctx, m)
	if err != nil {
		return nil, fmt.Errorf("plan migrations: %w", err)
	}
	return plan, nil
}

// Migrations compares the database with this library and changes nothing. Any
// of attestdb's logins may ask. A database that [Migrate] would refuse is a
// state in the answer and not an error.
func Migrations(ctx context.Context, cfg MigrateConfig) (_ *MigrateStatus, err error) {
	ctx, m, call, err := cfg.start(ctx, "migrations")
	if err != nil {
		return nil, err
	}
	defer call.End(&err)
	status, err := migrator.Status(ctx, m)
	if err != nil {
		return nil, fmt.Errorf("migration status: %w", err)
	}
	return status, nil
}

// VerifySchema compares the database with what the migrations of this library build: the
// hash of every applied file; every table, column, constraint, index, policy, trigger,
// function, owner and grant of attestdb's schemas, and whatever else is in them; and
// whether the roles are plain groups. So it finds what somebody with the owner's rights
// did in between: a trigger disabled, a policy dropped, a right granted.
//
// It changes nothing, takes about as long as the server needs to describe some hundred
// objects, and any of attestdb's logins may ask, on a standby too. What differs is in the
// answer and not an error; a database that is behind this library, or ahead of it, is not
// UpToDate, and its objects were not compared.
func VerifySchema(ctx context.Context, cfg MigrateConfig) (*MigrateVerification, error) {
	report, err := migrator.Verify(ctx, cfg.migrator())
	if err != nil {
		return nil, fmt.Errorf("verify the schema: %w", err)
	}
	return report, nil
}

// Bootstrap makes attestdb's roles in the cluster and grants them what they
// need on the database. It wants a superuser, or CREATEROLE and the database's
// ownership. It changes nothing that is right already; several may run at once.
func Bootstrap(ctx context.Context, url string) error {
	if err := migrator.Bootstrap(ctx, url); err != nil {
		return fmt.Errorf("bootstrap: %w", err)
	}
	return nil
}

// BootstrapSQL returns what [Bootstrap] does as SQL for psql, for whoever may
// do it on the server.
func BootstrapSQL(database string) string { return migrator.BootstrapSQL(database) }

// ConfigureLogin gives a login, which is a member of one of attestdb's roles, the limits
// of its sessions in the database: statement_timeout 30 s, lock_timeout 5 s,
// idle_in_transaction_session_timeout 60 s, from PostgreSQL 17 on transaction_timeout
// 120 s, and READ COMMITTED. Programs behind a pooler in transaction mode cannot set
// them themselves, and a login does not inherit what is set on its role. What the login
// has already is left as it is. It returns the statements that it ran.
//
// It wants a superuser, the login itself, or CREATEROLE and the admin option on the
// login; otherwise, and if the login is not there or not a member of exactly one role, it
// returns a *[RoleError].
func ConfigureLogin(ctx context.Context, url, login string) ([]string, error) {
	done, err := migrator.ConfigureLogin(ctx, url, login)
	if err != nil {
		return done, fmt.Errorf("configure login: %w", err)
	}
	return done, nil
}

// LoginSQL returns what [ConfigureLogin] does as SQL for psql. An empty database stands
// for the one that psql is connected to.
func LoginSQL(database, login string) string { return migrator.LoginSQL(database, login) }

// DistributeSQL returns SQL for psql that distributes a migrated database by tenant over
// the workers of a Citus cluster, made from its catalogue; docs/scale.md says what holds
// there. It changes nothing. It returns a *[SchemaError] if [Migrate] has something to do.
func DistributeSQL(ctx context.Context, cfg MigrateConfig) (string, error) {
	sql, err := migrator.Distribute(ctx, cfg.migrator())
	if err != nil {
		return "", fmt.Errorf("distribute: %w", err)
	}
	return sql, nil
}
