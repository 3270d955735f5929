package pghealth

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"stella-ops.org/attestdb/domain/health"
)

func (s Server) replication(ctx context.Context, conn *pgxpool.Conn) (health.Result, error) {
	var recovery bool
	if err := conn.QueryRow(ctx, "SELECT pg_catalog.pg_is_in_recovery()").Scan(&recovery); err != nil {
		return health.Result{}, err
	}
	if recovery {
		return s.replica(ctx, conn)
	}
	sync, err := askSynchronous(ctx, conn)
	if err != nil {
		return health.Result{}, err
	}
	standbys := sync.judge()
	if standbys.Status != health.OK {
		return standbys, nil
	}
	res, err := monitored(ctx, conn, func() (health.Result, error) { return s.primary(ctx, conn) })
	res.Value = join(res.Value, standbys.Value)
	return res, err
}

// primary grades the replica that has replayed least. A program that only takes the log
// replays nothing: for it, what it has written counts; a backup under way is none.
func (s Server) primary(ctx context.Context, conn *pgxpool.Conn) (health.Result, error) {
	res := health.Result{Status: health.OK, Value: "no replica", Threshold: s.Limits.Lag.Text(health.Size)}
	rows, err := conn.Query(ctx, `SELECT coalesce(application_name, ''), coalesce(client_addr::text, 'local'), coalesce(state, ''), coalesce(sync_state, ''),
		pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), coalesce(replay_lsn, flush_lsn, write_lsn))::bigint, count(*) OVER ()::int
		FROM pg_catalog.pg_stat_replication WHERE coalesce(replay_lsn, flush_lsn, write_lsn) IS NOT NULL ORDER BY 5 DESC LIMIT 1`)
	if err != nil {
		return res, err
	}
	var name, addr, state, sync string
	var lag int64
	var n int
	_, err = pgx.ForEachRow(rows, []any{&name, &addr, &state, &sync, &lag, &n}, func() error {
		res.Status = s.Limits.Lag.Grade(lag)
		res.Value = fmt.Sprintf("%d replicas; the furthest behind is %q (%s, %s, %s) by %s", n, name, addr, state, sync, health.Size(lag))
		if res.Status != health.OK {
			res.Error = "a replica falls behind: it answers with old data, and would lose the rest if it took over"
			res.Fix = "look at the replica's load and disk, at the network between, and for a long query there that replay waits for (max_standby_streaming_delay)"
		}
		return nil
	})
	return res, err
}

func (s Server) replica(ctx context.Context, conn *pgxpool.Conn) (health.Result, error) {
	var lag *int64
	var replayed *time.Time
	var streaming, paused bool
	err := conn.QueryRow(ctx, `SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_last_wal_receive_lsn(), pg_catalog.pg_last_wal_replay_lsn())::bigint,
		pg_catalog.pg_last_xact_replay_timestamp(), EXISTS (SELECT FROM pg_catalog.pg_stat_wal_receiver), pg_catalog.pg_is_wal_replay_paused()`).
		Scan(&lag, &replayed, &streaming, &paused)
	res := health.Result{Status: health.OK, Value: "a replica", Threshold: s.Limits.Lag.Text(health.Size)}
	if lag != nil {
		// What came from the archive last may be past what was streamed last.
		behind := max(0, *lag)
		res.Status = s.Limits.Lag.Grade(behind)
		res.Value += fmt.Sprintf(", %s received and not replayed", health.Size(behind))
	}
	if replayed != nil {
		res.Value += ", last transaction of " + replayed.UTC().Format(time.RFC3339)
	}
	switch {
	case err != nil:
	case res.Status != health.OK:
		res.Error = "replay does not keep up: the replica answers with old data"
		res.Fix = "look at its load and disk, and for a long query that replay waits for (max_standby_streaming_delay)"
	case paused:
		res.Status, res.Error, res.Fix = health.Warn, "replay is paused", "SELECT pg_wal_replay_resume()"
	case !streaming:
		res.Status, res.Error = health.Warn, "it does not stream from a primary"
		res.Fix = "check primary_conninfo and the primary; a server that recovers from an archive alone is well"
	}
	return res, err
}

func (s Server) slots(ctx context.Context, conn *pgxpool.Conn) (health.Result, error) {
	res := health.Result{Status: health.OK, Value: "no replication slot", Threshold: "retained: " + s.Limits.SlotRetained.Text(health.Size)}
	rows, err := conn.Query(ctx, `SELECT slot_name::text, active, coalesce(wal_status, ''), coalesce(pg_catalog.pg_wal_lsn_diff(
		CASE WHEN pg_catalog.pg_is_in_recovery() THEN coalesce(pg_catalog.pg_last_wal_receive_lsn(), pg_catalog.pg_last_wal_replay_lsn())
		     ELSE pg_catalog.pg_current_wal_lsn() END, restart_lsn), 0)::bigint, count(*) OVER ()::int
		FROM pg_catalog.pg_replication_slots
		ORDER BY wal_status IS NOT DISTINCT FROM 'lost' DESC, wal_status IS NOT DISTINCT FROM 'unreserved' DESC, 4 DESC LIMIT 1`)
	if err != nil {
		return res, err
	}
	var name, status string
	var active bool
	var retained int64
	var n int
	_, err = pgx.ForEachRow(rows, []any{&name, &active, &status, &retained, &n}, func() error {
		used := "not in use"
		if active {
			used = "in use"
		}
		res.Status = s.Limits.SlotRetained.Grade(max(0, retained))
		res.Value = fmt.Sprintf("%d slots; %q, %s, wal_status %q, retains %s", n, name, used, status, health.Size(max(0, retained)))
		drop := fmt.Sprintf("bring its consumer back, or drop it: SELECT pg_drop_replication_slot('%s')", name)
		switch {
		case status == "lost":
			res.Status, res.Error = health.Fail, "the slot's consumer can't go on: what it needs of the log is gone"
			res.Fix = fmt.Sprintf("rebuild its consumer, then drop it: SELECT pg_drop_replication_slot('%s')", name)
		case status == "unreserved":
			res.Status, res.Error, res.Fix = health.Fail, "the slot will be lost at the next checkpoint", drop
		case res.Status != health.OK:
			res.Error, res.Fix = "the slot keeps the log from being removed, until the disk is full", drop+"; max_slot_wal_keep_size bounds it"
		}
		return nil
	})
	return res, err
}

func (s Server) wal(ctx context.Context, conn *pgxpool.Conn) (health.Result, error) {
	return monitored(ctx, conn, func() (health.Result, error) {
		var size, expected int64
		err := conn.QueryRow(ctx, `SELECT (SELECT coalesce(sum(size), 0)::bigint FROM pg_catalog.pg_ls_waldir()),
			pg_catalog.pg_size_bytes(pg_catalog.current_setting('max_wal_size')) + pg_catalog.pg_size_bytes(pg_catalog.current_setting('wal_keep_size'))`).
			Scan(&size, &expected)
		times := float64(size) / float64(max(1, expected))
		res := health.Result{
			Status:    s.Limits.WAL.Grade(times),
			Value:     fmt.Sprintf("%s, %s max_wal_size and wal_keep_size (%s)", health.Size(size), health.Times(times), health.Size(expected)),
			Threshold: s.Limits.WAL.Text(health.Times),
		}
		if res.Status != health.OK {
			res.Error = "the log's directory grows: when the disk is full the server stops"
			res.Fix = "see server.slots and server.archiver for what keeps the log; never delete files of pg_wal by hand"
		}
		return res, err
	})
}
