package main_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/testdb"
)

func (p *process) signal(t *testing.T) {
	t.Helper()
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
}

// accepts reports whether the service takes connections for requests.
func (p *process) accepts() bool {
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Get(p.api + "/")
	if err != nil {
		return false
	}
	return resp.Body.Close() == nil
}

// Clients that send nothing new once readiness is gone, as behind a load balancer, lose
// nothing: each request that was begun is answered, and what was acknowledged is there.
func TestStopCutsNoRequestOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.env["SERVICE_CHECKPOINT_INTERVAL"] = "24h"
	p := serving(t, w.env)

	// One whose body is on its way all the time, until nothing new is taken any more.
	raw, sum := w.about("slow")
	body, upload := io.Pipe()
	slow := make(chan reply, 1)
	go func() {
		r, err := p.do(context.Background(), "POST", acmeEvidence, acmeToken, body)
		if err != nil {
			r.body = map[string]any{"error": err.Error()}
		}
		slow <- r
	}()
	_, err := upload.Write(raw[:len(raw)/2])
	require.NoError(t, err)

	var stop atomic.Bool
	var mu sync.Mutex
	var faults []string
	envelopes, decisions := map[string]bool{}, map[string]bool{}
	var clients sync.WaitGroup
	for client := range 8 {
		clients.Go(func() {
			for n := 0; !stop.Load(); n++ {
				name := fmt.Sprintf("artifact-%d-%d", client, n)
				raw, sum := w.about(name)
				var r reply
				var err error
				if n%2 == 0 {
					r, err = p.do(context.Background(), "POST", acmeEvidence, acmeToken, bytes.NewReader(raw))
				} else {
					r, err = p.do(context.Background(), "POST", acmeDecisions, acmeToken, bytes.NewReader(decisionAbout(sum, "PASS")), "Idempotency-Key", name)
				}
				mu.Lock()
				switch {
				case err != nil:
					faults = append(faults, err.Error())
				case r.status != http.StatusCreated:
					faults = append(faults, fmt.Sprint(r.status, r.body))
				case n%2 == 0:
					envelopes[r.body["sha256"].(string)] = true
				default:
					decisions[r.body["id"].(string)] = true
				}
				mu.Unlock()
			}
		})
	}
	acknowledged := func() int {
		mu.Lock()
		defer mu.Unlock()
		return min(len(envelopes), len(decisions))
	}
	require.Eventually(t, func() bool { return acknowledged() > 20 }, 30*time.Second, 10*time.Millisecond)

	p.signal(t)
	require.Eventually(t, func() bool { return p.ready() == http.StatusServiceUnavailable }, 5*time.Second, time.Millisecond)
	require.True(t, p.accepts(), "requests are refused before anybody could know")
	before := acknowledged()
	require.Eventually(t, func() bool { return acknowledged() > before }, 5*time.Second, time.Millisecond, "nothing is served while it drains")
	stop.Store(true)
	clients.Wait()
	require.Empty(t, faults)

	require.Eventually(t, func() bool { return !p.accepts() }, 10*time.Second, 5*time.Millisecond)
	require.Equal(t, http.StatusServiceUnavailable, p.ready(), "who asks is told to the end")
	_, err = upload.Write(raw[len(raw)/2:])
	require.NoError(t, err)
	require.NoError(t, upload.Close())
	last := <-slow
	require.Equal(t, http.StatusCreated, last.status, last.body)
	envelopes[last.body["sha256"].(string)] = true
	require.Equal(t, 0, p.wait(t))

	for have, err := range w.acme.Attestor().All(t.Context(), attestor.Query{}) {
		require.NoError(t, err)
		delete(envelopes, have.SHA256.String())
	}
	require.Empty(t, slices.Collect(maps.Keys(envelopes)), "acknowledged, and not there")
	for have, err := range w.acme.Verdict().All(t.Context(), verdict.Query{}) {
		require.NoError(t, err)
		delete(decisions, have.ID.String())
	}
	require.Empty(t, slices.Collect(maps.Keys(decisions)), "acknowledged, and not there")
	artifact, err := digest.Parse(sum)
	require.NoError(t, err)
	found, _, err := w.acme.Attestor().Find(t.Context(), attestor.Query{Subject: artifact}, page.Request{})
	require.NoError(t, err)
	require.Len(t, found, 1)
	// Nothing is left without a checkpoint, though no time for one had come.
	f, err := w.acme.Verdict().Freshness(t.Context())
	require.NoError(t, err)
	require.Zero(t, f.Uncovered())
}

// A request that does not come to its end keeps the service no longer than it was told,
// and hears of it; the exit code says that it happened.
func TestStopEndsWhatTakesTooLong(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.env["SERVICE_DRAIN_DELAY"], w.env["SERVICE_DRAIN_TIMEOUT"], w.env["SERVICE_REQUEST_TIMEOUT"] = "0", "500ms", "5m"
	p := serving(t, w.env)
	release := w.holdLedger(t)
	answered := p.decide(w)
	require.Eventually(t, w.ledgerIsWaitedFor(t), 10*time.Second, 10*time.Millisecond)

	begun := time.Now()
	p.signal(t)
	r := <-answered
	require.Equal(t, http.StatusServiceUnavailable, r.status, r.body)
	require.NotEmpty(t, r.header.Get("Retry-After"))
	require.Greater(t, time.Since(begun), 400*time.Millisecond)
	release()
	require.Equal(t, 1, p.wait(t))
	require.Less(t, time.Since(begun), 15*time.Second)
	require.Contains(t, p.said("ended")[0]["error"], "still under way")
}

// decide sends a decision that has not been there, and returns the answer to come.
func (p *process) decide(w *world) <-chan reply {
	answered := make(chan reply, 1)
	_, sum := w.about(uuid.NewString())
	go func() {
		r, err := p.do(context.Background(), "POST", acmeDecisions, acmeToken, bytes.NewReader(decisionAbout(sum, "PASS")), "Idempotency-Key", uuid.NewString())
		if err != nil {
			r.body = map[string]any{"error": err.Error()}
		}
		answered <- r
	}()
	return answered
}

// holdLedger keeps others from acme's ledger until the function is called.
func (w *world) holdLedger(t *testing.T) func() {
	t.Helper()
	held, release, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	_, sum := w.about("held")
	artifact, err := digest.Parse(sum)
	require.NoError(t, err)
	go func() {
		done <- w.acme.InTx(context.Background(), func(ctx context.Context, tx *attestdb.TenantDB) error {
			_, err := tx.Verdict().Append(ctx, verdict.Decision{
				Subject: verdict.Subject{Digest: artifact}, Result: verdict.Warn, Policy: verdict.Policy{URI: "https://policies.example/held"},
			})
			close(held)
			<-release
			return err
		})
	}()
	<-held
	let := sync.OnceFunc(func() { close(release); require.NoError(t, <-done) })
	t.Cleanup(let)
	return let
}

// ledgerIsWaitedFor reports whether somebody waits for a lock.
func (w *world) ledgerIsWaitedFor(t *testing.T) func() bool {
	t.Helper()
	superuser, err := pgx.Connect(t.Context(), w.database.URL("superuser"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = superuser.Close(context.Background()) })
	return func() bool {
		var waiting bool
		err := superuser.QueryRow(t.Context(), "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')").Scan(&waiting)
		return err == nil && waiting
	}
}

func TestSecondSignalEndsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.env["SERVICE_DRAIN_DELAY"] = "5m"
	p := serving(t, w.env)
	p.signal(t)
	require.Eventually(t, func() bool { return p.ready() == http.StatusServiceUnavailable }, 5*time.Second, time.Millisecond)
	require.False(t, p.hasEnded())
	p.signal(t)
	begun := time.Now()
	require.Equal(t, -1, p.wait(t))
	require.Less(t, time.Since(begun), 5*time.Second)
}

// What would work later is told apart from what never will: 503, and when to come again.
func TestWhatMayWorkLaterIsToldApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.env["SERVICE_REQUEST_TIMEOUT"], w.env["SERVICE_MAX_REQUESTS"] = "500ms", "1"
	delete(w.env, "SERVICE_LEDGER_KEY_FILE")
	p := serving(t, w.env)
	later := func(r reply, text string) {
		t.Helper()
		require.Equal(t, http.StatusServiceUnavailable, r.status, r.body)
		seconds, err := strconv.Atoi(r.header.Get("Retry-After"))
		require.NoError(t, err)
		require.Positive(t, seconds)
		require.Contains(t, r.body["error"], text)
	}
	raw, sum := w.about("artifact")

	release := w.holdLedger(t)
	answered := p.decide(w)
	require.Eventually(t, w.ledgerIsWaitedFor(t), 10*time.Second, time.Millisecond)
	later(p.must(t, "GET", "/v1/tenants/acme/artifacts/"+sum, acmeToken, nil), "too many requests")
	later(<-answered, attestdb.ErrLedgerBusy.Error())
	release()

	// The server takes no connections: nothing of its texts is told, and the service is not ready.
	cfg, err := pgx.ParseConfig(w.database.URL("superuser"))
	require.NoError(t, err)
	name := pgx.Identifier{cfg.Database}.Sanitize()
	cfg.Database = "postgres"
	superuser, err := pgx.ConnectConfig(t.Context(), cfg)
	require.NoError(t, err)
	defer superuser.Close(context.Background())
	for _, sql := range []string{
		"ALTER DATABASE " + name + " CONNECTION LIMIT 0",
		"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + strings.Trim(name, `"`) + "' AND usename = 'attestdb_test_app'",
	} {
		_, err = superuser.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	later(p.must(t, "POST", acmeEvidence, acmeToken, raw), attestdb.ErrUnavailable.Error())
	require.Eventually(t, func() bool { return p.ready() == http.StatusServiceUnavailable }, 10*time.Second, 50*time.Millisecond)

	// And it is there again.
	_, err = superuser.Exec(t.Context(), "ALTER DATABASE "+name+" CONNECTION LIMIT -1")
	require.NoError(t, err)
	require.Eventually(t, func() bool { return p.must(t, "POST", acmeEvidence, acmeToken, raw).status == http.StatusCreated }, 10*time.Second, 50*time.Millisecond)
	require.Eventually(t, func() bool { return p.ready() == http.StatusOK }, 10*time.Second, 50*time.Millisecond)
}

// It lives while it waits for the migrations, is not ready, and may be ended.
func TestServiceWaitsForItsSchema(t *testing.T) {
	t.Parallel()
	database := testdb.NewEmpty(t)
	env := environment(t, database.URL("app"), domaintest.NewSigner(t))
	env["SERVICE_DRAIN_DELAY"] = "0"
	p, other := start(t, env), start(t, env)
	p.health, other.health = p.address(t, "health"), other.address(t, "health")
	require.Eventually(t, func() bool { return len(p.said("wait for the schema")) > 0 }, 10*time.Second, 5*time.Millisecond)
	resp, err := http.Get(p.health + "/livez")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.Equal(t, http.StatusServiceUnavailable, p.ready())
	require.Empty(t, p.said("serving"))
	other.signal(t)
	require.Equal(t, 0, other.wait(t))

	_, err = attestdb.Migrate(t.Context(), attestdb.MigrateConfig{URL: database.URL("owner")})
	require.NoError(t, err)
	p.api = p.address(t, "serving")
	require.Equal(t, http.StatusOK, p.ready())
	p.signal(t)
	require.Equal(t, 0, p.wait(t))
}
