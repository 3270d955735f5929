// Package pghealth has the checks of a PostgreSQL server, of pools to it, and of whether
// row-level security holds there. It knows no module: schemas and names are told to it.
//
// Each check takes one connection for one or two short statements, reads the catalogue
// and the statistics alone, and ends with its context. What a login may not read is
// skipped, with the GRANT that would let it.
package pghealth

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"stella-ops.org/attestdb/domain/health"
	"stella-ops.org/attestdb/internal/pgfault"
)

// acquireTimeout is how long a connection of a pool is waited for: a program whose calls
// wait longer is not ready.
const acquireTimeout = time.Second

// Pool is a pool with the name of what it is for, such as "app".
type Pool struct {
	Name string
	*pgxpool.Pool
}

// ConnectionName is the name of the check [Pool.Connection], which others need.
func (p Pool) ConnectionName() string { return "connection." + p.Name }

// Connection asks the server through the pool, as every call does: so it sees a pool
// whose connections are all taken, too. A server that takes no writes is well unless
// writes is true.
func (p Pool) Connection(ready, writes bool) health.Check {
	return health.Check{
		Name: p.ConnectionName(), Ready: ready, Timeout: acquireTimeout + acquireTimeout/2,
		Run: func(ctx context.Context) health.Result {
			begun := time.Now()
			conn, res := p.acquire(ctx)
			if conn == nil {
				return res
			}
			defer conn.Release()
			var version string
			var recovery, readOnly bool
			err := conn.QueryRow(ctx, `SELECT pg_catalog.current_setting('server_version'), pg_catalog.pg_is_in_recovery(),
				pg_catalog.current_setting('transaction_read_only')::bool`).Scan(&version, &recovery, &readOnly)
			if err != nil {
				return failed(ctx, err)
			}
			version, _, _ = strings.Cut(version, " ")
			kind := "takes writes"
			switch {
			case recovery:
				kind = "a replica: read-only"
			case readOnly:
				kind = "read-only"
			}
			res = health.Result{Status: health.OK, Value: fmt.Sprintf("PostgreSQL %s, %s, answered in %s", version, kind, health.Span(time.Since(begun)))}
			if writes && (recovery || readOnly) {
				res.Status, res.Error = health.Fail, "the server takes no writes"
				res.Fix = "connect to the primary (target_session_attrs=read-write in the URL finds it), or set default_transaction_read_only off"
			}
			return res
		},
	}
}

// acquire returns a connection, or what its lack means.
func (p Pool) acquire(ctx context.Context) (*pgxpool.Conn, health.Result) {
	waiting, cancel := context.WithTimeout(ctx, acquireTimeout)
	defer cancel()
	begun := time.Now()
	conn, err := p.Acquire(waiting)
	if err == nil {
		return conn, health.Result{}
	}
	stat := p.Stat()
	if waiting.Err() != nil && stat.AcquiredConns() >= stat.MaxConns() {
		return nil, health.Result{
			Status: health.Fail,
			Value:  fmt.Sprintf("%d of %d connections in use", stat.AcquiredConns(), stat.MaxConns()),
			Error:  fmt.Sprintf("the pool is exhausted: none of its connections came free within %s", health.Span(time.Since(begun))),
			Fix:    "find who keeps them (pg_stat_activity by application_name: idle in transaction, or a long statement), or raise MaxConns",
		}
	}
	return nil, failed(waiting, err)
}

// failed says what an error means for a check that met it.
func failed(ctx context.Context, err error) health.Result {
	res := health.Result{Status: health.Unknown, Error: strings.Join(strings.Fields(err.Error()), " ")}
	pg, _ := errors.AsType[*pgconn.PgError](err)
	switch {
	case pg == nil && (ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded)):
		res.Error = "the server did not answer in time"
		res.Fix = "look at the server's load, at locks (pg_locks), and at the network between"
	case pg == nil && pgfault.Unreachable(err):
		res.Fix = "check that the server runs, and host, port and database of the URL"
	case pg == nil:
	case strings.HasPrefix(pg.Code, "28"):
		res.Status, res.Fix = health.Fail, "check user and password, and the server's pg_hba.conf"
	case pg.Code == "3D000":
		res.Status, res.Fix = health.Fail, "create the database, then run `attestdb migrate bootstrap` and `attestdb migrate up` on it"
	case pg.Code == "53300":
		res.Status, res.Fix = health.Fail, "the server has no connection left: lower the pools' MaxConns, put a pooler between, or raise max_connections"
	case pg.Code == "57P03":
		res.Fix = "the server starts up or shuts down: wait, and look at its log"
	case pg.Code == "57014":
		res.Fix = "look at the server's load and at locks (pg_locks)"
	case pg.Code == "55P03":
		res.Fix = "somebody holds a lock on a table, as a migration does: see pg_locks"
	case pg.Code == insufficientPrivilege:
		res.Fix = "the login lacks a right, or row_security is off: see the error, access.… and grants.…"
	}
	return res
}

// Saturation grades how many of the pool's connections are in use, and how long calls
// waited since it was asked last. It asks the pool and not the server.
func (p Pool) Saturation(use health.Limit[float64], wait health.Limit[time.Duration]) health.Check {
	var mu sync.Mutex
	var waits, canceled int64
	var waited time.Duration
	return health.Check{Name: "pool." + p.Name, Run: func(context.Context) health.Result {
		mu.Lock()
		defer mu.Unlock()
		stat := p.Stat()
		share := float64(stat.AcquiredConns()) / float64(stat.MaxConns())
		newWaits, newCanceled := stat.EmptyAcquireCount()-waits, stat.CanceledAcquireCount()-canceled
		var average time.Duration
		if newWaits > 0 {
			average = (stat.EmptyAcquireWaitTime() - waited) / time.Duration(newWaits)
		}
		waits, canceled, waited = stat.EmptyAcquireCount(), stat.CanceledAcquireCount(), stat.EmptyAcquireWaitTime()
		res := health.Result{
			Status: worse(use.Grade(share), wait.Grade(average)),
			Value: fmt.Sprintf("%d of %d connections in use; %d calls waited %s on average, %d gave up",
				stat.AcquiredConns(), stat.MaxConns(), newWaits, health.Span(average), newCanceled),
			Threshold: join("in use: "+use.Text(health.Share), "wait: "+wait.Text(health.Span)),
		}
		if res.Status != health.OK {
			res.Error = "calls wait for a connection, or soon will"
			res.Fix = "raise MaxConns if the server has connections left (server.connections), or find who keeps them"
		}
		return res
	}}
}

// pings is how many round trips latency is of.
const pings = 20

// Latency grades the slowest but one in twenty of some round trips through the pool.
func (p Pool) Latency(limit health.Limit[time.Duration]) health.Check {
	return health.Check{Name: "latency." + p.Name, Needs: p.ConnectionName(), Run: func(ctx context.Context) health.Result {
		var took []time.Duration
		for first := time.Now(); len(took) < pings && (len(took) == 0 || time.Since(first) < acquireTimeout); {
			begun := time.Now()
			conn, res := p.acquire(ctx)
			if conn == nil {
				return res
			}
			err := conn.Ping(ctx)
			conn.Release()
			if err != nil {
				return failed(ctx, err)
			}
			took = append(took, time.Since(begun))
		}
		slices.Sort(took)
		p95 := took[percentile(len(took), 0.95)]
		res := health.Result{
			Status:    limit.Grade(p95),
			Value:     fmt.Sprintf("p50 %s, p95 %s of %d round trips", health.Span(took[percentile(len(took), 0.5)]), health.Span(p95), len(took)),
			Threshold: "p95: " + limit.Text(health.Span),
		}
		if res.Status != health.OK {
			res.Error = "the server answers slowly, or calls wait for connections"
			res.Fix = "see pool." + p.Name + "; then the server's load and the network between"
		}
		return res
	}}
}

// percentile is the place of a percentile among n sorted values.
func percentile(n int, p float64) int { return max(0, int(math.Ceil(p*float64(n)))-1) }

func worse(a, b health.Status) health.Status {
	return health.Report{Checks: []health.Result{{Status: a}, {Status: b}}}.Worst()[0].Status
}

func join(parts ...string) string {
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" || strings.HasSuffix(s, ": ") })
	return strings.Join(parts, "; ")
}
