package tests

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/internal/testdb"
)

// together is attestdb on a small pool of connections, with its tenants.
type together struct {
	*testdb.DB
	db      *attestdb.DB
	pool    *pgxpool.Pool
	tap     wiretap
	tenants []*attestdb.TenantDB
	signers []*domaintest.Signer
	random  *rand.Rand
}

func newTogether(t *testing.T, conns int32, tenants int) *together {
	t.Helper()
	g := &together{DB: testdb.New(t), random: rand.New(rand.NewPCG(1, 2))}
	g.db, g.pool = openOnPool(t, g.DB, func(cfg *pgxpool.Config) {
		cfg.MaxConns, cfg.ConnConfig.Tracer = conns, &g.tap
	})
	for n := range tenants {
		g.tenants = append(g.tenants, domaintest.Tenant(t, g.db, fmt.Sprintf("tenant-%d", n)))
	}
	for range 3 {
		g.signers = append(g.signers, domaintest.NewSigner(t))
	}
	return g
}

// upload is one Record call with what it gives and what it got.
type upload struct {
	tenant   *attestdb.TenantDB
	actor    attestdb.Actor
	ev       *attestor.Evidence
	verifier attestor.Verifier
	done     chan struct{}
	rec      attestor.Recorded
	err      error
}

// uploads makes calls of a tenant, each with an actor and evidence of its own.
// In turn they have no verifier, one that verifies, and one that fails them and
// names the actor.
func (g *together) uploads(t *testing.T, tenant *attestdb.TenantDB, n int) (all []*upload) {
	t.Helper()
	verified := g.signers[0].Verifier(t)
	for i := range n {
		actor := attestdb.Actor(fmt.Sprintf("actor-%d", i))
		all = append(all, &upload{
			tenant:   tenant.As(actor),
			actor:    actor,
			ev:       randomEvidence(g.random, g.signers, ""),
			verifier: []attestor.Verifier{nil, verified, wordyVerifier(actor)}[i%3],
		})
	}
	return all
}

// start calls Record from a goroutine of its own.
func (u *upload) start(ctx context.Context) {
	var opts []attestdb.RecordOption
	if u.verifier != nil {
		opts = append(opts, attestdb.Verify(u.verifier), attestdb.KeepFailed())
	}
	u.done = make(chan struct{})
	go func() {
		defer close(u.done)
		u.rec, u.err = u.tenant.Record(ctx, u.ev, opts...)
	}()
}

func startAll(ctx context.Context, all []*upload) {
	for _, u := range all {
		u.start(ctx)
	}
}

// startAtOnce starts calls while all connections are taken, so that those of a
// tenant find its first one under way, and go together after it.
func (g *together) startAtOnce(t *testing.T, all []*upload) {
	t.Helper()
	g.whileTaken(t, func() { startAll(t.Context(), all) })
}

func (g *together) whileTaken(t *testing.T, f func()) {
	t.Helper()
	for range g.pool.Config().MaxConns {
		conn, err := g.pool.Acquire(t.Context())
		require.NoError(t, err)
		defer conn.Release()
	}
	f()
	time.Sleep(100 * time.Millisecond) // the calls come as far as they can
}

func (u *upload) wait(t *testing.T) {
	t.Helper()
	select {
	case <-u.done:
	case <-time.After(20 * time.Second):
		require.FailNow(t, "the call does not return")
	}
}

func (u *upload) waits() bool {
	select {
	case <-u.done:
		return false
	default:
		return true
	}
}

// requireStored requires that the calls got, and stored, each its own.
func requireStored(t *testing.T, all []*upload) {
	t.Helper()
	for _, u := range all {
		u.wait(t)
		require.NoError(t, u.err)
		require.False(t, u.rec.Existed)
		require.Equal(t, u.ev.SHA256, u.rec.SHA256)
		want := attestor.Verification{Outcome: attestor.Unverified}
		if u.verifier != nil {
			var err error
			want, err = u.verifier.Verify(t.Context(), u.ev)
			require.NoError(t, err)
		}
		stored, err := u.tenant.Attestor().Get(t.Context(), u.rec.ID)
		require.NoError(t, err)
		for _, v := range []attestor.Verification{u.rec.Verification, stored.Verification} {
			require.WithinDuration(t, want.TimeVerified, v.TimeVerified, time.Minute)
			v.TimeVerified = want.TimeVerified
			require.True(t, slices.Equal(want.Signatures, v.Signatures))
			v.Signatures = want.Signatures
			require.Equal(t, want, v)
		}
		require.Equal(t, u.ev.SHA256, stored.SHA256)
		require.Equal(t, u.rec.CreatedAt, stored.CreatedAt)
		require.Equal(t, u.ev.Statement.Subject, stored.Subject)
		require.Len(t, stored.Signers, len(u.ev.Envelope.Signatures))
		for n, s := range u.ev.Envelope.Signatures {
			require.Equal(t, s.KeyID, stored.Signers[n].KeyID)
		}
		require.Equal(t, u.actor, stored.RecordedBy)
		content, err := u.tenant.Attestor().Content(t.Context(), u.rec.ID)
		require.NoError(t, err)
		require.Equal(t, u.ev.Content, content)
	}
}

// transactions returns how many envelopes each transaction since the last time
// was to record.
func (g *together) transactions() (sizes []int, sum int) {
	for _, s := range g.tap.take() {
		if strings.Contains(s.sql, "record_evidence") {
			n := len(s.args[1].([]pgtype.UUID))
			sizes, sum = append(sizes, n), sum+n
		}
	}
	return sizes, sum
}

// awaitSessions waits for so many of the application's sessions to be in a state.
func (g *together) awaitSessions(t *testing.T, state string, n int) {
	t.Helper()
	super := g.Conn(t, "superuser")
	require.Eventually(t, func() bool {
		var there int
		err := super.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND usename LIKE '%app' AND `+state).Scan(&there)
		return err == nil && there >= n
	}, 10*time.Second, 5*time.Millisecond)
}

// holdRecords has the server hold whatever is recorded, with no lock that a
// timeout could end, until it is told to let go.
func (g *together) holdRecords(t *testing.T) (letGo func()) {
	t.Helper()
	super := g.Conn(t, "superuser")
	_, err := super.Exec(t.Context(), `
CREATE TABLE public.held AS SELECT true;
CREATE FUNCTION public.hold() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  WHILE EXISTS (SELECT FROM public.held) LOOP PERFORM pg_sleep(0.02); END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER hold BEFORE INSERT ON attestor.envelopes FOR EACH STATEMENT EXECUTE FUNCTION public.hold()`)
	require.NoError(t, err)
	return func() {
		_, err := super.Exec(t.Context(), "DELETE FROM public.held")
		require.NoError(t, err)
	}
}
