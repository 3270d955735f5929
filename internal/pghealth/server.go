package pghealth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"stella-ops.org/attestdb/domain/health"
)

// Server is what the checks of a server and of one database need to know.
type Server struct {
	// Pool is whom they ask. A login that is a member of pg_monitor sees everything.
	Pool Pool
	// Limits are the thresholds, with the defaults filled in.
	Limits health.Thresholds
	// Schemas are those whose objects are ours.
	Schemas []string
	// NotValid are constraints that stay NOT VALID for good.
	NotValid []string
	// App is the role that row-level security binds, Setting what policies compare
	// tenant_id with.
	App, Setting string
}

// Checks returns the checks of the server and of the database's objects.
func (s Server) Checks() []health.Check {
	return []health.Check{
		s.check("connections", s.connections),
		s.check("replication", s.replication),
		s.check("slots", s.slots),
		s.check("wal", s.wal),
		s.check("archiver", s.archiver),
		s.check("transactions", s.transactions),
		s.check("idle_in_transaction", s.idle),
		s.check("xmin", s.xmin),
		s.check("xid", s.xid),
		s.check("indexes", s.indexes),
		s.check("constraints", s.constraints),
		s.check("dead_tuples", s.deadTuples),
		s.check("deadlocks", s.deadlocks()),
		s.check("checksums", s.checksums),
	}
}

type question = func(ctx context.Context, conn *pgxpool.Conn) (health.Result, error)

// check asks for the server's statistics: those that a login may not read are skipped.
func (s Server) check(name string, ask question) health.Check {
	return s.ask("server."+name, func(ctx context.Context, conn *pgxpool.Conn) (health.Result, error) {
		res, err := ask(ctx, conn)
		if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code == insufficientPrivilege {
			return health.Result{Status: health.Skipped, Error: pg.Message, Fix: "GRANT pg_monitor to the login, or what the error names"}, nil
		}
		return res, err
	})
}

// ask returns a check that asks on a connection of its own.
func (s Server) ask(name string, ask question) health.Check {
	return health.Check{Name: name, Needs: s.Pool.ConnectionName(), Run: func(ctx context.Context) health.Result {
		conn, res := s.Pool.acquire(ctx)
		if conn == nil {
			return res
		}
		defer conn.Release()
		res, err := ask(ctx, conn)
		if err != nil {
			return failed(ctx, err)
		}
		return res
	}}
}

// monitored asks as [Server.ask] does if the login may read others' statistics, and else
// is skipped.
func monitored(ctx context.Context, conn *pgxpool.Conn, ask func() (health.Result, error)) (health.Result, error) {
	var login string
	var may bool
	err := conn.QueryRow(ctx, `SELECT session_user::text, pg_catalog.pg_has_role(current_user, 'pg_monitor', 'USAGE')`).Scan(&login, &may)
	if err != nil {
		return health.Result{}, err
	}
	if !may {
		return health.Result{
			Status: health.Skipped, Error: "the login is not a member of pg_monitor",
			Fix: fmt.Sprintf("GRANT pg_monitor TO %s", pgx.Identifier{login}.Sanitize()),
		}, nil
	}
	return ask()
}

func (s Server) connections(ctx context.Context, conn *pgxpool.Conn) (health.Result, error) {
	var used, most, reserved int64
	err := conn.QueryRow(ctx, `SELECT (SELECT coalesce(sum(numbackends), 0) FROM pg_catalog.pg_stat_database)::bigint,
		pg_catalog.current_setting('max_connections')::bigint,
		pg_catalog.current_setting('superuser_reserved_connections')::bigint
		  + coalesce(pg_catalog.current_setting('reserved_connections', true), '0')::bigint`).Scan(&used, &most, &reserved)
	share := float64(used) / float64(max(1, most-reserved))
	res := health.Result{
		Status:    s.Limits.Connections.Grade(share),
		Value:     fmt.Sprintf("%d of %d (max_connections %d, %d reserved), %s", used, most-reserved, most, reserved, health.Share(share)),
		Threshold: s.Limits.Connections.Text(health.Share),
	}
	if res.Status != health.OK {
		res.Error = "the server will soon take no more connections"
		res.Fix = "lower the pools' MaxConns, put a pooler between, or raise max_connections"
	}
	return res, err
}

// session is one of pg_stat_activity, described.
type session struct {
	pid                  int32
	user, app, db, state string
	age                  time.Duration
}

func (s session) String() string {
	return fmt.Sprintf("pid %d (user %s, application %q, database %s, %s) for %s", s.pid, s.user, s.app, s.db, s.state, health.Span(s.age))
}

// oldest returns the session whose since is the longest ago, and how many there are.
func oldest(ctx context.Context, conn *pgxpool.Conn, since, where string) (session, int, error) {
	var found session
	var n int
	var seconds float64
	rows, err := conn.Query(ctx, `SELECT pid, coalesce(usename, ''), coalesce(application_name, ''), coalesce(datname, ''), coalesce(state, ''),
		greatest(extract(epoch FROM pg_catalog.clock_timestamp() - `+since+`), 0)::float8, count(*) OVER ()::int
		FROM pg_catalog.pg_stat_activity
		WHERE backend_type = 'client backend' AND pid <> pg_catalog.pg_backend_pid() AND `+where+` ORDER BY `+since+` LIMIT 1`)
	if err != nil {
		return found, 0, err
	}
	_, err = pgx.ForEachRow(rows, []any{&found.pid, &found.user, &found.app, &found.db, &found.state, &seconds, &n}, func() error { return nil })
	found.age = time.Duration(seconds * float64(time.Second))
	return found, n, err
}

func (s Server) transactions(ctx context.Context, conn *pgxpool.Conn) (health.Result, error) {
	return monitored(ctx, conn, func() (health.Result, error) {
		found, n, err := oldest(ctx, conn, "xact_start", "xact_start IS NOT NULL")
		return sessionResult(s.Limits.Transaction, found, n, "in a transaction",
			"a long transaction keeps VACUUM from removing rows, and may hold locks"), err
	})
}

func (s Server) idle(ctx context.Context, conn *pgxpool.Conn) (health.Result, error) {
	return monitored(ctx, conn, func() (health.Result, error) {
		found, n, err := oldest(ctx, conn, "state_change", "state LIKE 'idle in transaction%'")
		return sessionResult(s.Limits.Idle, found, n, "idle in a transaction",
			"a session that idles in a transaction holds its locks and its connection"), err
	})
}

func sessionResult(limit health.Limit[time.Duration], found session, n int, what, problem string) health.Result {
	res := health.Result{Status: health.OK, Value: "no session is " + what, Threshold: limit.Text(health.Span)}
	if n == 0 {
		return res
	}
	res.Status = limit.Grade(found.age)
	res.Value = fmt.Sprintf("%d sessions are %s, the oldest is %s", n, what, found)
	if res.Status != health.OK {
		res.Error = problem
		res.Fix = fmt.Sprintf("end it if it is not wanted: SELECT pg_terminate_backend(%d); idle_in_transaction_session_timeout and, from 17 on, transaction_timeout end such by themselves", found.pid)
	}
	return res
}

func (s Server) xmin(ctx context.Context, conn *pgxpool.Conn) (health.Result, error) {
	return monitored(ctx, conn, func() (health.Result, error) {
		res := health.Result{Status: health.OK, Value: "nothing holds VACUUM back", Threshold: s.Limits.Xmin.Text(health.Count)}
		// A session's is no younger than what it sees unfinished: of equals it is the effect.
		rows, err := conn.Query(ctx, `SELECT who, age::bigint FROM (
			SELECT 'session ' || pid || ' (user ' || coalesce(usename, '') || ', application "' || coalesce(application_name, '') || '")', pg_catalog.age(backend_xmin)
			  FROM pg_catalog.pg_stat_activity WHERE backend_xmin IS NOT NULL AND pid <> pg_catalog.pg_backend_pid()
			UNION ALL SELECT 'replication slot ' || slot_name, greatest(pg_catalog.age(xmin), pg_catalog.age(catalog_xmin))
			  FROM pg_catalog.pg_replication_slots WHERE coalesce(xmin, catalog_xmin) IS NOT NULL
			UNION ALL SELECT 'prepared transaction ' || gid, pg_catalog.age(transaction) FROM pg_catalog.pg_prepared_xacts
			) AS holders (who, age) ORDER BY age DESC, who LIKE 'session %' LIMIT 1`)
		if err != nil {
			return res, err
		}
		var who string
		var age int64
		_, err = pgx.ForEachRow(rows, []any{&who, &age}, func() error {
			res.Status = s.Limits.Xmin.Grade(age)
			res.Value = fmt.Sprintf("%d transactions, held by %s", age, who)
			return nil
		})
		if res.Status != health.OK {
			res.Error = "VACUUM may not remove the rows that died since"
			res.Fix = "end the session (pg_terminate_backend), drop the slot (pg_drop_replication_slot) or finish the prepared transaction (ROLLBACK PREPARED)"
		}
		return res, err
	})
}

func (s Server) xid(ctx context.Context, conn *pgxpool.Conn) (health.Result, error) {
	var database string
	var xid, mxid int64
	err := conn.QueryRow(ctx, `SELECT datname::text, pg_catalog.age(datfrozenxid)::bigint, pg_catalog.mxid_age(datminmxid)::bigint
		FROM pg_catalog.pg_database ORDER BY greatest(pg_catalog.age(datfrozenxid), pg_catalog.mxid_age(datminmxid)) DESC LIMIT 1`).Scan(&database, &xid, &mxid)
	res := health.Result{
		Status:    s.Limits.XID.Grade(max(xid, mxid)),
		Value:     fmt.Sprintf("transactions %d, multixacts %d in database %s", xid, mxid, database),
		Threshold: s.Limits.XID.Text(health.Count),
	}
	if res.Status != health.OK {
		res.Error = "VACUUM does not keep up with freezing; at 2 billion the server takes no writes"
		res.Fix = "see server.xmin for what holds VACUUM back, then run VACUUM (FREEZE) in database " + database
	}
	return res, err
}

// list is names with a comma between, the first so many of them.
func list(names []string) string {
	const most = 5
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}
