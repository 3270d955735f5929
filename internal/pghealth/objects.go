package pghealth

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"stella-ops.org/attestdb/domain/health"
)

// indexes finds those that serve no query. CREATE INDEX CONCURRENTLY leaves one while it
// runs, under a lock that it shares with VACUUM, and when it failed.
func (s Server) indexes(ctx context.Context, conn *pgxpool.Conn) (health.Result, error) {
	rows, err := conn.Query(ctx, `SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), EXISTS (
		SELECT FROM pg_catalog.pg_locks l WHERE l.relation = i.indrelid AND l.granted AND l.mode = 'ShareUpdateExclusiveLock'
		   AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))
		FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = ANY ($1) AND NOT (i.indisvalid AND i.indisready AND i.indislive) ORDER BY 1`, s.Schemas)
	if err != nil {
		return health.Result{}, err
	}
	var name string
	var built bool
	var broken, building []string
	_, err = pgx.ForEachRow(rows, []any{&name, &built}, func() error {
		if built {
			building = append(building, name)
		} else {
			broken = append(broken, name)
		}
		return nil
	})
	res := health.Result{Status: health.OK, Value: fmt.Sprintf("%d invalid", len(broken)+len(building))}
	switch {
	case len(broken) > 0:
		res.Status, res.Value = health.Fail, res.Value+": "+list(broken)
		res.Error = "an index that is invalid serves no query, and is written all the same"
		res.Fix = "REINDEX INDEX CONCURRENTLY " + broken[0] + "; one whose name ends in _ccnew or _ccold is left over: DROP INDEX CONCURRENTLY"
	case len(building) > 0:
		res.Status, res.Value = health.Warn, res.Value+": "+list(building)
		res.Error = "it may be built just now: its table is locked as CREATE INDEX CONCURRENTLY and VACUUM do"
		res.Fix = "look again later; see pg_stat_progress_create_index"
	}
	return res, err
}

func (s Server) constraints(ctx context.Context, conn *pgxpool.Conn) (health.Result, error) {
	names, err := texts(ctx, conn, `SELECT pg_catalog.format('%I on %I.%I', k.conname, n.nspname, c.relname)
		FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = ANY ($1) AND NOT k.convalidated AND k.conname <> ALL ($2) ORDER BY 1`, s.Schemas, append([]string{}, s.NotValid...))
	res := health.Result{Status: health.OK, Value: fmt.Sprintf("%d not validated, besides the %d that stay so", len(names), len(s.NotValid))}
	if len(names) > 0 {
		res.Status, res.Value = health.Warn, res.Value+": "+list(names)
		res.Error = "rows from before the constraint may break it"
		res.Fix = "ALTER TABLE … VALIDATE CONSTRAINT …"
	}
	return res, err
}

// leastDead is how many dead rows a table needs for its share to matter.
const leastDead = 10_000

func (s Server) deadTuples(ctx context.Context, conn *pgxpool.Conn) (health.Result, error) {
	res := health.Result{
		Status: health.OK, Value: fmt.Sprintf("no table has %d dead rows", leastDead),
		Threshold: s.Limits.DeadTuples.Text(health.Share),
	}
	rows, err := conn.Query(ctx, `SELECT pg_catalog.format('%I.%I', schemaname, relname), n_dead_tup, n_dead_tup::float8 / (n_live_tup + n_dead_tup),
		greatest(last_vacuum, last_autovacuum) FROM pg_catalog.pg_stat_all_tables
		WHERE schemaname = ANY ($1) AND n_dead_tup >= $2 ORDER BY 3 DESC LIMIT 1`, s.Schemas, leastDead)
	if err != nil {
		return res, err
	}
	var table string
	var dead int64
	var share float64
	var vacuumed *time.Time
	_, err = pgx.ForEachRow(rows, []any{&table, &dead, &share, &vacuumed}, func() error {
		when := "never vacuumed"
		if vacuumed != nil {
			when = "last vacuumed " + vacuumed.UTC().Format(time.RFC3339)
		}
		res.Status = s.Limits.DeadTuples.Grade(share)
		res.Value = fmt.Sprintf("%s: %d dead rows, %s, %s", table, dead, health.Share(share), when)
		if res.Status != health.OK {
			res.Error = "autovacuum does not keep up with the table"
			res.Fix = "see server.xmin for what holds it back, then VACUUM (ANALYZE) " + table
		}
		return nil
	})
	return res, err
}

// deadlocks counts since it was asked last; the first time nothing can be said.
func (s Server) deadlocks() question {
	var mu sync.Mutex
	last := int64(-1)
	return func(ctx context.Context, conn *pgxpool.Conn) (health.Result, error) {
		var n int64
		err := conn.QueryRow(ctx, `SELECT coalesce(sum(deadlocks), 0)::bigint FROM pg_catalog.pg_stat_database
			WHERE datname = pg_catalog.current_database()`).Scan(&n)
		if err != nil {
			return health.Result{}, err
		}
		mu.Lock()
		defer mu.Unlock()
		fresh := n - last
		if last < 0 || fresh < 0 { // the statistics were reset
			fresh = 0
		}
		last = n
		res := health.Result{Status: health.OK, Value: fmt.Sprintf("%d new, %d in all", fresh, n), Threshold: "warn from 1 new one"}
		if fresh > 0 {
			res.Status, res.Error = health.Warn, "transactions deadlocked; attestdb runs its own again"
			res.Fix = "the server's log names the statements (log_lock_waits shows more)"
		}
		return res, nil
	}
}

func (s Server) checksums(ctx context.Context, conn *pgxpool.Conn) (health.Result, error) {
	var on string
	var failures int64
	var last *time.Time
	err := conn.QueryRow(ctx, `SELECT pg_catalog.current_setting('data_checksums'), coalesce(sum(checksum_failures), 0)::bigint, max(checksum_last_failure)
		FROM pg_catalog.pg_stat_database`).Scan(&on, &failures, &last)
	res := health.Result{Status: health.OK, Value: fmt.Sprintf("data_checksums %s, %d failures", on, failures), Threshold: "fail from 1"}
	if failures > 0 {
		res.Status, res.Error = health.Fail, "pages on disk are not what was written"
		if last != nil {
			res.Value += ", the last " + last.UTC().Format(time.RFC3339)
		}
		res.Fix = "keep the data directory as it is, fail over or restore, check the disk, then `attestdb verdict verify --all-tenants`"
	}
	return res, err
}

// texts reads a column of text.
func texts(ctx context.Context, conn *pgxpool.Conn, sql string, args ...any) ([]string, error) {
	rows, err := conn.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
