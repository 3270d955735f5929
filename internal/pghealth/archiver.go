package pghealth

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"stella-ops.org/attestdb/domain/health"
)

// underWay is how long a file of the log may wait for an archiver of which no attempt
// failed, before it looks as if it hung.
const underWay = time.Minute

// archiving is what a server says of its archiver.
type archiving struct {
	login, mode  string
	recovery, by bool // by: there is a command or a library
	may          bool // the login may see which files wait
	failures     int64
	failing      bool
	failed       string
	archived     *time.Time
	waiting      int64
	waits        time.Duration // the oldest of those that wait
}

func (s Server) archiver(ctx context.Context, conn *pgxpool.Conn) (health.Result, error) {
	a, err := askArchiver(ctx, conn)
	if err != nil {
		return health.Result{}, err
	}
	switch {
	case a.mode == "off":
		return health.Result{Status: health.OK, Value: "archive_mode is off"}, nil
	case a.recovery && a.mode != "always":
		return health.Result{Status: health.OK, Value: "a replica: with archive_mode " + a.mode + " it archives nothing before it is promoted"}, nil
	}
	return s.judgeArchiver(a), nil
}

func askArchiver(ctx context.Context, conn *pgxpool.Conn) (archiving, error) {
	var a archiving
	err := conn.QueryRow(ctx, `SELECT session_user::text, pg_catalog.current_setting('archive_mode'), pg_catalog.pg_is_in_recovery(),
		concat(pg_catalog.current_setting('archive_command', true), pg_catalog.current_setting('archive_library', true)) <> '',
		pg_catalog.has_function_privilege('pg_catalog.pg_ls_archive_statusdir()', 'EXECUTE'),
		failed_count, coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false), coalesce(last_failed_wal, ''), last_archived_time
		FROM pg_catalog.pg_stat_archiver`).
		Scan(&a.login, &a.mode, &a.recovery, &a.by, &a.may, &a.failures, &a.failing, &a.failed, &a.archived)
	if err != nil || a.mode == "off" || !a.may {
		return a, err
	}
	var seconds float64
	err = conn.QueryRow(ctx, `SELECT count(*), coalesce(extract(epoch FROM pg_catalog.clock_timestamp() - min(modification)), 0)::float8
		FROM pg_catalog.pg_ls_archive_statusdir() WHERE name LIKE '%.ready'`).Scan(&a.waiting, &seconds)
	a.waits = time.Duration(seconds * float64(time.Second))
	return a, err
}

// judgeArchiver claims no success that was not seen: of a command that hangs, and of none
// at all, the server counts no failure.
func (s Server) judgeArchiver(a archiving) health.Result {
	res := health.Result{Threshold: "failing for: " + s.Limits.Archive.Text(health.Span)}
	res.Value = fmt.Sprintf("%d failures so far", a.failures)
	if a.failing {
		res.Value += ", the last of " + a.failed
	}
	if a.archived == nil {
		res.Value += ", nothing was archived yet"
	} else {
		res.Value += ", last archived " + a.archived.UTC().Format(time.RFC3339)
	}
	monitor := fmt.Sprintf("GRANT pg_monitor TO %s", pgx.Identifier{a.login}.Sanitize())
	switch {
	case !a.may:
		res.Value += "; which files wait can't be seen without pg_monitor"
	case a.waiting == 0:
		res.Value += "; no file waits"
	default:
		res.Value += fmt.Sprintf("; %d files wait, the oldest file waits for %s", a.waiting, health.Span(a.waits))
	}

	none := !a.by
	res.Status = s.Limits.Archive.Grade(a.waits)
	switch {
	case none, a.failing:
		res.Status = s.Limits.Archive.Grade(max(a.waits, time.Nanosecond))
	case res.Status == health.Warn && a.waits < underWay:
		res.Status = health.OK
	}
	switch {
	case res.Status == health.OK && !a.may && a.archived == nil && !none && !a.failing:
		res.Status, res.Error = health.Skipped, "whether anything is archived can't be told: nothing was yet, and the login may not see which files wait"
		res.Fix = monitor
	case res.Status == health.OK:
	case none:
		res.Error = "archive_mode is " + a.mode + ", and neither archive_command nor archive_library is set: nothing is archived, and the log fills the disk"
		res.Fix = "set one of them and SELECT pg_reload_conf(), or set archive_mode off"
	case a.failing:
		res.Error = "the log can't be archived: point-in-time recovery ends before this, and the log fills the disk"
		res.Fix = "run archive_command by hand as the server's user, and read the server's log"
	default:
		res.Error = "the archiver does not keep up, or hangs: no attempt failed, and files wait. Point-in-time recovery ends before them, and the log fills the disk"
		res.Fix = "see what the archiver's process waits for (ps, pg_stat_activity with backend_type archiver); end an archive_command that hangs, and bound it (timeout 60 …)"
	}
	return res
}
