package migrator

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"

	"stella-ops.org/attestdb/domain/fault"
)

const (
	applicationName  = "attestdb migrate"
	minServerVersion = 150000
	// cleanupTimeout bounds what must still happen after a run was cancelled.
	cleanupTimeout = 5 * time.Second
	// connectTimeout bounds each attempt to connect, unless the caller chose.
	connectTimeout = 5 * time.Second
	// cancelGrace is how long the server may take to obey a cancel request.
	cancelGrace = 5 * time.Second
)

// A session is one connection with what is known of it.
type session struct {
	conn   *pgx.Conn
	config *pgx.ConnConfig
	log    *slog.Logger

	login, database string
	serverVersion   int
	pid             int32 // as the server itself says, not as the handshake said
	superuser       bool
	createRole      bool
	readOnly        bool
	// checkClient: the server can be told to look whether we are still there.
	checkClient bool
}

// open connects and asks the server who and what it is.
func open(ctx context.Context, cc *pgx.ConnConfig, purpose string, log *slog.Logger) (*session, error) {
	if cc.RuntimeParams["application_name"] == "" {
		cc.RuntimeParams["application_name"] = applicationName
	}
	if cc.ConnectTimeout == 0 {
		cc.ConnectTimeout = connectTimeout
	}
	// A cancelled statement leaves a connection that can still roll back and
	// let go of its locks at once.
	cc.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: cancelGrace}
	}
	// Nothing is prepared: a statement runs once, and a pooler must be met
	// before it is noticed.
	cc.DefaultQueryExecMode = pgx.QueryExecModeExec
	conn, err := pgx.ConnectConfig(ctx, cc)
	if err != nil {
		return nil, connectError(err, cc.User, purpose)
	}
	s := &session{conn: conn, config: cc, log: log}
	err = conn.QueryRow(ctx, `
SELECT session_user::text, current_database()::text, current_setting('server_version_num')::int,
       pg_backend_pid(), rolsuper, rolcreaterole,
       pg_is_in_recovery() OR current_setting('transaction_read_only')::bool
  FROM pg_catalog.pg_roles WHERE rolname = session_user`).Scan(
		&s.login, &s.database, &s.serverVersion, &s.pid, &s.superuser, &s.createRole, &s.readOnly)
	if err == nil && s.serverVersion < minServerVersion {
		err = fmt.Errorf("%w: it is PostgreSQL %d; attestdb needs 15 or later", fault.ErrServer, s.serverVersion/10000)
	}
	if err != nil {
		s.close(ctx)
		return nil, serverError(err)
	}
	return s, nil
}

// close ends the session, and with it its locks, even after a cancellation.
func (s *session) close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	if err := s.conn.Close(ctx); err != nil {
		s.log.DebugContext(ctx, "close the migration connection", "error", err)
	}
}

// assumeOwner makes attestdb_owner the current role, or says why it can't.
func (s *session) assumeOwner(ctx context.Context) error {
	var missing []string
	err := s.conn.QueryRow(ctx, `
SELECT coalesce(array_agg(r ORDER BY r) FILTER (WHERE to_regrole(r) IS NULL), '{}')
  FROM unnest($1::text[]) r`, allGroups()).Scan(&missing)
	if err != nil {
		return serverError(err)
	}
	if len(missing) > 0 {
		return s.roleFault(fmt.Sprintf("the server lacks the roles %v", missing),
			"run `attestdb migrate bootstrap` once with an administrator's connection")
	}
	if _, err = s.conn.Exec(ctx, "SET ROLE "+ownerRole); err != nil {
		if sqlState(err) != codeInsufficientPrivilege {
			return serverError(err)
		}
		return s.notOwner(ctx)
	}
	var create bool
	err = s.conn.QueryRow(ctx, "SELECT has_database_privilege(current_database(), 'CREATE')").Scan(&create)
	if err != nil {
		return serverError(err)
	}
	if !create {
		return s.roleFault(fmt.Sprintf("%s may not create schemas in database %s", ownerRole, s.database),
			"run `attestdb migrate bootstrap` on this database")
	}
	return nil
}

// notOwner advises a login of its own to one that has another of attestdb's roles: with
// two it would be refused everywhere else.
func (s *session) notOwner(ctx context.Context) error {
	var others []string
	err := s.conn.QueryRow(ctx, `
SELECT coalesce(array_agg(r ORDER BY r), '{}') FROM unnest($1::text[]) r WHERE pg_has_role(session_user, r, 'USAGE')`,
		allGroups()).Scan(&others)
	switch {
	case err != nil:
		return serverError(err)
	case len(others) > 0:
		return s.roleFault(fmt.Sprintf("it is a member of %s instead of %s", strings.Join(others, " and "), ownerRole),
			fmt.Sprintf("use a login of its own: CREATE ROLE %[1]s_login LOGIN IN ROLE %[1]s", ownerRole))
	}
	return s.roleFault("it is not a member of "+ownerRole, fmt.Sprintf(
		"run `attestdb migrate bootstrap`, then GRANT %s TO %s", ownerRole, pgx.Identifier{s.login}.Sanitize()))
}

// tryOwner makes attestdb_owner the current role if the login may do so, so
// that a member that does not inherit its rights can read, too.
func (s *session) tryOwner(ctx context.Context) error {
	_, err := s.conn.Exec(ctx, "SET ROLE "+ownerRole)
	switch sqlState(err) {
	case codeInsufficientPrivilege, codeInvalidParameter: // not a member, no such role
		return nil
	}
	return serverError(err)
}

func (s *session) roleFault(problem, fix string) error {
	return &fault.Role{Purpose: "owner", Login: s.login, Problem: problem, Fix: fix}
}

// probeClientCheck finds out whether the server can notice in the middle of a
// statement that we are gone (not every platform can), so that a killed
// migrator holds its locks for a second and not until its statement ends.
func (s *session) probeClientCheck(ctx context.Context) error {
	_, err := s.conn.Exec(ctx, "SET client_connection_check_interval = '1s'")
	if err != nil && sqlState(err) == "" {
		return serverError(err)
	}
	s.checkClient = err == nil
	return nil
}

// reset undoes what the file before may have left behind in the session.
func (s *session) reset(ctx context.Context, lockTimeout time.Duration) error {
	settings := fmt.Sprintf(`RESET ALL; SET ROLE %s; SET search_path = ''; SET TimeZone = 'UTC';
SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET lock_timeout = %d;
SELECT pg_catalog.set_config(s.name, '0', false) FROM pg_catalog.pg_settings s WHERE s.name = 'transaction_timeout';`,
		ownerRole, max(lockTimeout.Milliseconds(), 1))
	if s.checkClient {
		settings += "SET client_connection_check_interval = '1s';"
	}
	_, err := s.conn.Exec(ctx, settings)
	return err
}

var errPooled = fmt.Errorf("%w: the connection leads through a pooler in transaction mode, which loses "+
	"locks and roles between statements; migrate over a direct connection to the server", fault.ErrServer)

// checkPooler refuses a pooler that gives the server connection away between
// transactions. A pooler shows itself by a handshake that names another
// process than the server does; one in session mode is fine, so look whether a
// second client gets our server process while we still hold it.
func (s *session) checkPooler(ctx context.Context) error {
	if s.conn.PgConn().PID() == uint32(s.pid) {
		return nil
	}
	for range 3 {
		other, err := open(ctx, s.config.Copy(), "owner", s.log)
		if err != nil {
			return err
		}
		shared := other.pid == s.pid
		other.close(ctx)
		if shared {
			return errPooled
		}
	}
	s.log.WarnContext(ctx, "the migration connection seems to lead through a pooler; a direct one is safer")
	return nil
}

// checkSame fails if the session is not on the server process that holds our
// lock, or not the owner any more.
func (s *session) checkSame(ctx context.Context) error {
	var same bool
	err := s.conn.QueryRow(ctx, "SELECT pg_backend_pid() = $1 AND current_user = $2", s.pid, ownerRole).Scan(&same)
	if err == nil && !same {
		err = errPooled
	}
	return err
}
