package pghealth

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"stella-ops.org/attestdb/domain/health"
)

// syncPatience is how long a commit may wait for its standbys before writing does not
// work: well above a standby's slow fsync.
const syncPatience = 5 * time.Second

// synchronous is what commits of a session wait for, and who is there.
type synchronous struct {
	setting string // synchronous_standby_names
	// waits: commits of this session wait for standbys; commit is its synchronous_commit.
	waits  bool
	commit string
	// may: the login sees who is in sync, and not only who is connected by what name.
	may bool
	// wanted is how many are waited for, present how many there are: in sync, or as far
	// as the login sees connected with a name that is listed.
	wanted, present int
	connected       []string
	// waiting are commits that wait, of the sessions that the login sees, and longest since
	// when the first of them runs.
	waiting int
	longest time.Duration
}

var quorum = regexp.MustCompile(`(?is)^\s*(?:(?:first|any)\s+)?(\d+)\s*\((.*)\)\s*$`)

var standbyName = regexp.MustCompile(`"((?:[^"]|"")*)"|[^\s,"]+`)

// wanted parses synchronous_standby_names: how many standbys are waited for, of which.
func wanted(setting string) (n int, names []string) {
	n = 1
	list := setting
	if m := quorum.FindStringSubmatch(setting); m != nil {
		list = m[2]
		if v, err := strconv.Atoi(m[1]); err == nil {
			n = v
		}
	}
	for _, m := range standbyName.FindAllStringSubmatch(list, -1) {
		name := m[0]
		if strings.HasPrefix(name, `"`) {
			name = strings.ReplaceAll(m[1], `""`, `"`)
		}
		names = append(names, name)
	}
	return n, names
}

func listed(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return n == "*" || strings.EqualFold(n, name) })
}

// askSynchronous writes nothing, and so waits for no standby itself.
func askSynchronous(ctx context.Context, conn *pgxpool.Conn) (synchronous, error) {
	var s synchronous
	err := conn.QueryRow(ctx, `SELECT pg_catalog.current_setting('synchronous_standby_names'), pg_catalog.current_setting('synchronous_commit'),
		pg_catalog.current_setting('synchronous_commit') NOT IN ('off', 'local') AND pg_catalog.current_setting('max_wal_senders')::int > 0
		  AND NOT pg_catalog.pg_is_in_recovery(),
		pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')`).Scan(&s.setting, &s.commit, &s.waits, &s.may)
	if s.setting = strings.TrimSpace(s.setting); s.setting == "" {
		s.waits = false
	}
	if err != nil || !s.waits {
		return s, err
	}
	n, names := wanted(s.setting)
	s.wanted = n
	// Who may not see others' statistics sees each sender all the same, with its name alone.
	rows, err := conn.Query(ctx, `SELECT coalesce(application_name, ''), coalesce(state, ''), coalesce(sync_state, '') FROM pg_catalog.pg_stat_replication ORDER BY 1, 2`)
	if err != nil {
		return s, err
	}
	var name, state, sync string
	_, err = pgx.ForEachRow(rows, []any{&name, &state, &sync}, func() error {
		if s.may && (sync == "sync" || sync == "quorum") || !s.may && listed(names, name) {
			s.present++
		}
		text := strconv.Quote(name)
		if s.may {
			text += " (" + state + ", " + sync + ")"
		}
		s.connected = append(s.connected, text)
		return nil
	})
	if err != nil {
		return s, err
	}
	var seconds float64
	err = conn.QueryRow(ctx, `SELECT count(*)::int, coalesce(extract(epoch FROM pg_catalog.clock_timestamp() - min(query_start)), 0)::float8
		FROM pg_catalog.pg_stat_activity WHERE wait_event = 'SyncRep'`).Scan(&s.waiting, &seconds)
	s.longest = time.Duration(seconds * float64(time.Second))
	return s, err
}

// judge says what is wrong with it; its status is OK if nothing is.
func (s synchronous) judge() health.Result {
	res := health.Result{Status: health.OK}
	switch {
	case s.setting == "":
		return res
	case !s.waits:
		res.Value = fmt.Sprintf("synchronous_standby_names is set, and commits with synchronous_commit %s wait for none", s.commit)
		return res
	}
	there := "nobody is connected"
	if len(s.connected) > 0 {
		there = "connected are " + list(s.connected)
	}
	kind := "in sync"
	if !s.may {
		kind = "connected by such a name (without pg_monitor nobody sees whether they are in sync)"
	}
	res.Value = fmt.Sprintf("commits wait for %d of synchronous_standby_names %q, %d are %s, %s", s.wanted, s.setting, s.present, kind, there)
	if s.waiting > 0 {
		res.Value += fmt.Sprintf("; %d commits wait, the first statement runs for %s", s.waiting, health.Span(s.longest))
	}
	res.Fix = "bring the standby back; or, since what is acknowledged then is on this server alone, decide to ALTER SYSTEM SET synchronous_standby_names to those that are there (or to '') and SELECT pg_reload_conf()"
	switch {
	case s.present < s.wanted:
		res.Status = health.Fail
		res.Error = fmt.Sprintf("a synchronous standby is missing (%d of %d): every write waits for it, and has no answer", s.wanted-s.present, s.wanted)
	case s.waiting > 0 && s.longest >= syncPatience:
		res.Status = health.Fail
		res.Error = "writes wait for a synchronous standby that is connected and does not answer"
		res.Fix = "look at the standby's disk and load, at whether its replay is paused (synchronous_commit remote_apply), and at the network between; wal_sender_timeout ends the connection. Else " + res.Fix
	default:
		res.Fix = ""
	}
	return res
}

// Writes asks whether a commit of the pool's sessions would be answered: a primary whose
// synchronous standbys are gone takes writes, and lets each wait. It writes nothing.
func (p Pool) Writes(ready bool) health.Check {
	return health.Check{Name: "writes." + p.Name, Ready: ready, Needs: p.ConnectionName(), Run: func(ctx context.Context) health.Result {
		conn, res := p.acquire(ctx)
		if conn == nil {
			return res
		}
		defer conn.Release()
		s, err := askSynchronous(ctx, conn)
		if err != nil {
			return failed(ctx, err)
		}
		if res = s.judge(); res.Value == "" {
			res.Value = "commits wait for no standby"
		}
		return res
	}}
}
