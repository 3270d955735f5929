package pghealth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"stella-ops.org/attestdb/domain/health"
)

// Restored returns the checks of a copy that was restored, besides those of any server.
func (s Server) Restored() []health.Check {
	return []health.Check{s.ask("restored.recovery", s.recovery), s.ask("restored.collation", s.collation)}
}

// recovery says where a copy's replay has come to, if it is not promoted yet.
func (s Server) recovery(ctx context.Context, conn *pgxpool.Conn) (health.Result, error) {
	var recovering bool
	var position, state *string
	var last *time.Time
	err := conn.QueryRow(ctx, `SELECT r, CASE WHEN r THEN pg_catalog.pg_last_wal_replay_lsn()::text END,
		CASE WHEN r THEN pg_catalog.pg_get_wal_replay_pause_state() END, CASE WHEN r THEN pg_catalog.pg_last_xact_replay_timestamp() END
		FROM (SELECT pg_catalog.pg_is_in_recovery() AS r) AS x`).Scan(&recovering, &position, &state, &last)
	if err != nil || !recovering {
		return health.Result{Status: health.OK, Value: "promoted, or never in recovery"}, err
	}
	value := "in recovery"
	if position != nil {
		value += ", replayed to " + *position
	}
	if last != nil {
		value += ", the last commit of " + last.UTC().Format(time.RFC3339Nano)
	}
	res := health.Result{Status: health.Warn, Value: value, Error: "it replays on: what is checked now is not where it ends"}
	res.Fix = "a standby is checked like this at any time; of a copy that is being recovered, check again when replay has paused or ended"
	if state != nil && *state == "paused" {
		res.Value += ", paused there"
		res.Error = "replay has paused at the target: the copy takes no writes yet"
		res.Fix = "if the rest is well, SELECT pg_promote(); to go on to a later target, stop, change recovery_target_…, start"
	}
	return res, nil
}

// collation finds text that may be sorted otherwise than its indexes are: a physical copy
// brings indexes along, and not the C library that they were sorted by.
func (s Server) collation(ctx context.Context, conn *pgxpool.Conn) (health.Result, error) {
	var encoding string
	var changed []string
	err := conn.QueryRow(ctx, `SELECT pg_catalog.pg_encoding_to_char(d.encoding), ARRAY (
		SELECT 'the database' WHERE d.datcollversion <> pg_catalog.pg_database_collation_actual_version(d.oid)
		UNION ALL
		SELECT c.collname::text FROM pg_catalog.pg_collation c WHERE c.collversion <> pg_catalog.pg_collation_actual_version(c.oid)
		   AND EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attcollation = c.oid))
		FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()`).Scan(&encoding, &changed)
	res := health.Result{Status: health.OK, Value: encoding + ", sorted as when it was made"}
	switch {
	case err != nil:
	case encoding != "UTF8":
		res.Status, res.Value, res.Error = health.Fail, encoding, "the database is not encoded in UTF8"
		res.Fix = "restore into a database that was made WITH ENCODING 'UTF8' TEMPLATE template0"
	case len(changed) > 0:
		res.Status, res.Value = health.Fail, encoding+", another collation version: "+list(changed)
		res.Error = "indexes of text may be in another order than this system's: searches may miss rows, and unique indexes let them in twice"
		res.Fix = "REINDEX DATABASE, then ALTER DATABASE … REFRESH COLLATION VERSION"
	}
	return res, err
}

// Amcheck reads every B-tree of ours against its table, if the extension amcheck is there
// and the login may. It takes as long as reading everything.
func (s Server) Amcheck(ctx context.Context, progress func(done, total int)) health.Result {
	res, err := s.amcheck(ctx, progress)
	if err != nil {
		res = failed(ctx, err)
	}
	res.Name, res.Since = "restored.amcheck", time.Now().UTC()
	return res
}

func (s Server) amcheck(ctx context.Context, progress func(done, total int)) (health.Result, error) {
	conn, err := s.Pool.Acquire(ctx)
	if err != nil {
		return health.Result{}, err
	}
	defer conn.Release()
	var schema, login string
	var may bool
	err = conn.QueryRow(ctx, `SELECT n.nspname::text, session_user::text, pg_catalog.has_function_privilege(p.oid, 'EXECUTE')
		FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
		JOIN pg_catalog.pg_proc p ON p.pronamespace = n.oid AND p.proname = 'bt_index_check' AND p.pronargs = 2
		WHERE e.extname = 'amcheck'`).Scan(&schema, &login, &may)
	function := pgx.Identifier{schema, "bt_index_check"}.Sanitize()
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return health.Result{
			Status: health.Skipped, Error: "the extension amcheck is not there: whether indexes have every row was not looked at",
			Fix: "for a physical copy: CREATE EXTENSION amcheck, GRANT EXECUTE ON FUNCTION bt_index_check(regclass, boolean) to the auditor's login; or run pg_amcheck as a superuser",
		}, nil
	case err != nil:
		return health.Result{}, err
	case !may:
		return health.Result{
			Status: health.Skipped, Error: "the login may not call " + function,
			Fix: fmt.Sprintf("GRANT EXECUTE ON FUNCTION %s(regclass, boolean) TO %s", function, pgx.Identifier{login}.Sanitize()),
		}, nil
	}
	names, err := texts(ctx, conn, `SELECT pg_catalog.format('%I.%I', n.nspname, i.relname)
		FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = i.relnamespace
		JOIN pg_catalog.pg_am a ON a.oid = i.relam
		WHERE n.nspname = ANY ($1) AND a.amname = 'btree' AND x.indisvalid ORDER BY 1`, s.Schemas)
	if err != nil {
		return health.Result{}, err
	}
	res := health.Result{Status: health.OK, Value: fmt.Sprintf("%d indexes have every row of their tables, in order", len(names))}
	var broken []string
	for i, name := range names {
		if _, err := conn.Exec(ctx, "SELECT "+function+"($1::text::regclass, true)", name); err != nil {
			if ctx.Err() != nil || conn.Conn().IsClosed() {
				return health.Result{}, err
			}
			broken = append(broken, err.Error())
		}
		progress(i+1, len(names))
	}
	if len(broken) > 0 {
		res.Status, res.Value = health.Fail, fmt.Sprintf("%d of %d indexes are not well: %s", len(broken), len(names), list(broken))
		res.Error = "an index that misses rows answers wrongly, and lets duplicates in"
		res.Fix = "keep the copy for analysis and restore from another backup; or REINDEX INDEX CONCURRENTLY, and find out what damaged it"
	}
	return res, nil
}
