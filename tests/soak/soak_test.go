package soak

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/internal/testdb"
)

const (
	workers = 8
	rounds  = 6
	// most is about how much work a soak does, so that a long one fills no disk.
	most = 200_000
	// heapSlack is what the heap may differ by from one round to another, for caches that
	// are not full yet. A leak of 2 KiB a call is more, even in the short soak.
	heapSlack = 1 << 20
	// fileSlack is for a connection that is just being replaced.
	fileSlack = 2
)

// measure is what must not grow, while nobody works.
type measure struct {
	goroutines, files int
	heap              uint64
	sessions, inTx    int64
	dead              int64
	calls             int64
}

func (m measure) String() string {
	return fmt.Sprintf("%8d calls: %3d goroutines, %3d files, %6.2f MiB heap, %2d sessions, %d in a transaction, %d dead rows",
		m.calls, m.goroutines, m.files, float64(m.heap)/(1<<20), m.sessions, m.inTx, m.dead)
}

// However long a program works with attestdb, also with calls that are cancelled, refused
// and rolled back, it stays as large as it was once it was warm: its goroutines, its live
// heap, its open files, its sessions, and the dead rows that VACUUM cannot remove because
// something holds on to what was. ATTESTDB_SOAK is how long: 5 s if it is not set.
func TestSizeStaysFlat(t *testing.T) {
	duration := soakTime(t)
	database := testdb.New(t)
	superuser := database.Conn(t, "superuser")
	before := goleak.IgnoreCurrent()
	cfg := config(database)
	w := newWork(t, cfg)
	s := &soak{work: w, pause: max(0, duration*workers/most), did: map[string]int{}}
	actors := make([]*actor, workers)
	for n := range actors {
		actors[n] = w.actor(n)
		for _, k := range w.kinds() { // everybody does every kind of work once, and is cut off in it
			s.once(t.Context(), actors[n], k, false)
			s.once(t.Context(), actors[n], k, true)
		}
	}
	s.round(t.Context(), actors, duration/4)
	warm := s.measure(t, superuser)
	t.Log("warm", warm)
	for range rounds {
		s.round(t.Context(), actors, duration*3/4/rounds)
		m := s.settled(t, superuser, warm)
		t.Log("    ", m)
		require.Empty(t, s.faults)
		require.LessOrEqual(t, m.goroutines, warm.goroutines, "goroutines")
		require.LessOrEqual(t, m.heap, warm.heap+heapSlack, "heap")
		// A pool may open what it had not needed before, up to its limit.
		require.LessOrEqual(t, m.sessions, int64(cfg.App.MaxConns+cfg.Admin.MaxConns+cfg.Auditor.MaxConns), "sessions")
		require.LessOrEqual(t, m.files-int(m.sessions), warm.files-int(warm.sessions)+fileSlack, "open files beside the connections")
		require.Zero(t, m.inTx, "sessions that were left in a transaction")
		require.Zero(t, m.dead, "dead rows that cannot be removed")
	}
	for _, k := range w.kinds() {
		require.Positive(t, s.did[k.name], "%s was never done", k.name)
		require.Positive(t, s.did[k.name+", cancelled"], "%s was never cancelled", k.name)
	}
	t.Log(len(s.did), "kinds:", s.did)

	require.NoError(t, w.db.Close(t.Context()))
	nothingLeft(t, superuser, before)
	// Evidence is only ever added to: rows die where a transaction is rolled back, and
	// nowhere else.
	var changed int64
	require.NoError(t, superuser.QueryRow(t.Context(), `SELECT coalesce(sum(n_tup_upd + n_tup_del), 0) FROM pg_stat_user_tables
		WHERE schemaname IN ('tenancy', 'attestor', 'rekor', 'verdict')`).Scan(&changed))
	require.Zero(t, changed, "rows that were updated or deleted")
	require.Positive(t, w.rolledBack.Load())
}

func soakTime(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv("ATTESTDB_SOAK")
	switch {
	case text != "":
		d, err := time.ParseDuration(text)
		require.NoError(t, err, "ATTESTDB_SOAK is a duration such as 30m")
		require.Positive(t, d)
		return d
	case testing.Short():
		return 3 * time.Second
	}
	return 5 * time.Second
}

func signingKey(t *testing.T) ledger.SigningKey {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	key, err := ledger.ParseSigningKey("soak.example", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	require.NoError(t, err)
	return key
}

// soak does work, and counts it.
type soak struct {
	work  *work
	pause time.Duration
	calls atomic.Int64

	mu     sync.Mutex
	did    map[string]int
	faults []string
}

// round has everybody work for a while, and returns when nobody does any more.
func (s *soak) round(ctx context.Context, actors []*actor, duration time.Duration) {
	end := time.Now().Add(duration)
	kinds := s.work.kinds()
	var deck []kind
	for _, k := range kinds {
		deck = append(deck, slices.Repeat([]kind{k}, k.weight)...)
	}
	var all sync.WaitGroup
	for _, a := range actors {
		all.Go(func() {
			for time.Now().Before(end) {
				s.once(ctx, a, deck[a.random.IntN(len(deck))], a.random.IntN(4) == 0)
				time.Sleep(s.pause)
			}
		})
	}
	all.Wait()
}

// once does one piece of work. A cancelled one ends wherever it happens to be.
func (s *soak) once(ctx context.Context, a *actor, k kind, cancelled bool) {
	name := k.name
	if cancelled {
		name += ", cancelled"
		cut, cancel := context.WithCancel(ctx)
		defer cancel()
		timer := time.AfterFunc(time.Duration(a.random.Int64N(int64(5*time.Millisecond))), cancel)
		defer timer.Stop()
		ctx = cut
	}
	err := k.run(ctx, a)
	s.calls.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.did[name]++
	if err != nil && (!cancelled || !errors.Is(err, context.Canceled)) {
		s.faults = append(s.faults, fmt.Sprintf("%s: %v", name, err))
	}
}

// settled measures until what ends by itself has ended, such as a connection that is
// being replaced.
func (s *soak) settled(t *testing.T, superuser *pgx.Conn, warm measure) measure {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		m := s.measure(t, superuser)
		if m.goroutines <= warm.goroutines && m.dead == 0 && m.inTx == 0 || time.Now().After(end) {
			return m
		}
	}
}

func (s *soak) measure(t *testing.T, superuser *pgx.Conn) measure {
	t.Helper()
	m := measure{calls: s.calls.Load()}
	require.NoError(t, superuser.QueryRow(t.Context(), `SELECT count(*), count(*) FILTER (WHERE xact_start IS NOT NULL) FROM pg_stat_activity
		WHERE datname = current_database() AND usename LIKE 'attestdb\_test\_%'`).Scan(&m.sessions, &m.inTx))
	_, err := superuser.Exec(t.Context(), "VACUUM")
	require.NoError(t, err)
	require.NoError(t, superuser.QueryRow(t.Context(), `SELECT coalesce(sum(n_dead_tup), 0) FROM pg_stat_user_tables
		WHERE schemaname IN ('tenancy', 'attestor', 'rekor', 'verdict')`).Scan(&m.dead))
	m.files = openFiles()
	var memory runtime.MemStats
	runtime.GC()
	runtime.GC() // what finalizers let go of
	runtime.ReadMemStats(&memory)
	m.heap, m.goroutines = memory.HeapAlloc, runtime.NumGoroutine()
	return m
}

// openFiles is 0 where the kernel does not list them.
func openFiles() int {
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(files)
}
