package tests

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
)

// Record calls of one tenant that come at once may share a transaction. None of
// their callers may see anything of that.

func TestCallsOfATenantShareTransactions(t *testing.T) {
	t.Parallel()
	g := newTogether(t, 4, 3)
	var all []*upload
	for range 30 {
		for _, tenant := range g.tenants {
			all = append(all, g.uploads(t, tenant, 3)...)
		}
	}
	g.tap.take()
	g.startAtOnce(t, all)
	requireStored(t, all)
	sizes, sum := g.transactions()
	require.Equal(t, len(all), sum, "each is recorded once")
	require.Less(t, len(sizes), len(all)/4)
	require.Equal(t, len(all), countRows(t, g.DB, "envelopes"))
	requireWhole(t, g.Pool(t, "superuser"))
	for i, u := range all { // and by its own tenant alone
		require.False(t, has(t, g.tenants[(i/3+1)%3], u.ev))
	}
}

// Somebody has recorded the same bytes in a transaction that goes on: whoever
// records them as well has to wait for its end, and nobody else has.
func TestOpenTransactionKeepsOnlyItsOwnEvidenceWaiting(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		conns   int32
		first   bool // those who have to wait come first, and alone
		blocked int
	}{
		{"the first call", 4, true, 1},
		{"as many calls as may go at once", 8, true, 2},
		{"a call among others", 4, false, 1},
		{"two calls among others", 4, false, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := newTogether(t, c.conns, 1)
			acme := g.tenants[0]
			tx := begin(t, g.Pool(t, "app"))
			other, err := g.db.TenantTx(t.Context(), tx, acme.ID())
			require.NoError(t, err)
			blocked, free := g.uploads(t, acme, c.blocked), g.uploads(t, acme, 20)
			held := map[digest.SHA256]attestor.Recorded{}
			for _, u := range blocked {
				held[u.ev.SHA256], err = other.Record(t.Context(), u.ev)
				require.NoError(t, err)
			}
			begun := time.Now()
			if c.first {
				startAll(t.Context(), blocked)
				g.awaitSessions(t, "wait_event_type = 'Lock'", c.blocked)
				startAll(t.Context(), free)
			} else {
				g.startAtOnce(t, slices.Concat(free[:10], blocked, free[10:]))
			}
			for _, u := range free {
				u.wait(t)
			}
			require.Less(t, time.Since(begun), 2*time.Second)
			requireStored(t, free)
			for _, u := range blocked {
				require.True(t, u.waits())
			}
			require.NoError(t, tx.Commit(t.Context()))
			for _, u := range blocked {
				u.wait(t)
				require.NoError(t, u.err)
				require.True(t, u.rec.Existed)
				require.Equal(t, held[u.ev.SHA256].ID, u.rec.ID)
			}
		})
	}
}

func TestCallersThatLeaveLeaveTheOthersBe(t *testing.T) {
	t.Parallel()
	g := newTogether(t, 4, 1)
	acme := g.tenants[0]
	startAndLeave := func(calls []*upload, underWay func()) (stayed []*upload) {
		ctx, cancel := context.WithCancel(t.Context())
		var left []*upload
		for i, u := range calls {
			if i%4 == 0 {
				left = append(left, u)
				u.start(ctx)
			} else {
				stayed = append(stayed, u)
				u.start(t.Context())
			}
		}
		underWay()
		cancel()
		for _, u := range left {
			u.wait(t)
			require.ErrorIs(t, u.err, context.Canceled)
		}
		for _, u := range stayed {
			require.True(t, u.waits())
		}
		return stayed
	}

	// While no connection is free.
	var stayed []*upload
	g.whileTaken(t, func() { stayed = startAndLeave(g.uploads(t, acme, 20), func() {}) })
	requireStored(t, stayed)
	g.transactions()

	// While the server works on the common transaction, which goes on.
	letGo := g.holdRecords(t)
	alone := g.uploads(t, acme, 1)
	startAll(t.Context(), alone)
	g.awaitSessions(t, "wait_event = 'PgSleep'", 1)
	stayed = startAndLeave(g.uploads(t, acme, 20), func() {
		g.awaitSessions(t, "wait_event = 'PgSleep'", 2)
	})
	letGo()
	requireStored(t, append(stayed, alone...))
	sizes, _ := g.transactions()
	require.Less(t, len(sizes), len(stayed), "they were not each done again")
}

// However many callers give the same bytes, among others, there is one envelope,
// and nothing that a verifier said of it is lost.
func TestSameBytesAmongOthersAtOnceAreOneEnvelope(t *testing.T) {
	t.Parallel()
	g := newTogether(t, 4, 1)
	acme := g.tenants[0]
	many, one, others := g.uploads(t, acme, 20), g.uploads(t, acme, 20), g.uploads(t, acme, 20)
	verifiers := map[string]bool{}
	var mixed []*upload
	for i := range others {
		word := fmt.Sprintf("verifier-%d", i%6)
		many[i].ev, many[i].verifier, verifiers[word] = many[0].ev, wordyVerifier(word), true
		one[i].ev, one[i].verifier = one[0].ev, wordyVerifier("the same")
		mixed = append(mixed, many[i], one[i], others[i])
	}
	g.startAtOnce(t, mixed)
	requireStored(t, others)
	policies := func(same []*upload) []string {
		fresh := 0
		for _, u := range same {
			u.wait(t)
			require.NoError(t, u.err)
			require.Equal(t, same[0].rec.ID, u.rec.ID)
			require.Equal(t, same[0].rec.CreatedAt, u.rec.CreatedAt)
			require.Equal(t, string(u.verifier.(wordyVerifier)), u.rec.Verification.Policy)
			if !u.rec.Existed {
				fresh++
			}
		}
		require.Equal(t, 1, fresh, "one of them was the first")
		rows, err := g.Conn(t, "superuser").Query(t.Context(),
			"SELECT policy FROM attestor.envelope_verifications WHERE envelope_id = $1 ORDER BY 1", same[0].rec.ID)
		require.NoError(t, err)
		said, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		return said
	}
	require.Equal(t, slices.Sorted(maps.Keys(verifiers)), slices.Compact(policies(many)))
	require.Less(t, len(policies(one)), 5, "what was said before adds nothing, but for what raced")
	require.Equal(t, 2+len(others), countRows(t, g.DB, "envelopes"))
	requireWhole(t, g.Pool(t, "superuser"))
}

// What the database refuses is its caller's trouble alone. Parsed evidence has
// nothing to refuse, so this one was not parsed, which the types allow.
func TestRefusedEvidenceDoesNotFailItsNeighbours(t *testing.T) {
	t.Parallel()
	g := newTogether(t, 4, 1)
	calls := g.uploads(t, g.tenants[0], 21)
	refused := calls[10]
	content := []byte("not parsed")
	refused.ev = &attestor.Evidence{MediaType: attestor.MediaTypeDSSE, Content: content, SHA256: digest.Sum(content)}
	refused.verifier = nil
	g.startAtOnce(t, calls)
	requireStored(t, slices.Delete(slices.Clone(calls), 10, 11))
	refused.wait(t)
	var pg *pgconn.PgError
	require.ErrorAs(t, refused.err, &pg)
	require.Equal(t, "envelopes_payload_type_length", pg.ConstraintName)
	require.Equal(t, 20, countRows(t, g.DB, "envelopes"))
}

func TestSuspendedTenantIsToldSoInEveryCall(t *testing.T) {
	t.Parallel()
	g := newTogether(t, 4, 2)
	_, err := g.db.Tenancy().As("ops").Suspend(t.Context(), g.tenants[0].ID())
	require.NoError(t, err)
	suspended, active := g.uploads(t, g.tenants[0], 20), g.uploads(t, g.tenants[1], 20)
	g.startAtOnce(t, slices.Concat(suspended, active))
	requireStored(t, active)
	for _, u := range suspended {
		u.wait(t)
		require.ErrorIs(t, u.err, attestdb.ErrTenantSuspended)
	}
	require.Equal(t, len(active), countRows(t, g.DB, "envelopes"))
}

// What a transaction of the caller's records is in that transaction, and ends
// with it.
func TestCallsInATransactionAreNeverShared(t *testing.T) {
	t.Parallel()
	g := newTogether(t, 4, 1)
	acme := g.tenants[0]
	calls := g.uploads(t, acme, 24)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var wg sync.WaitGroup
	errs := make([]error, len(calls))
	for i, u := range calls {
		wg.Go(func() {
			recordInVain := func(ctx context.Context, tx *attestdb.TenantDB) error {
				if err := record(ctx, tx.As(u.actor), u.ev); err != nil {
					return err
				}
				return errBoom
			}
			switch i % 3 {
			case 0:
				errs[i] = acme.InTx(ctx, recordInVain)
			case 1:
				errs[i] = pgx.BeginFunc(ctx, g.pool, func(tx pgx.Tx) error {
					h, err := g.db.TenantTx(ctx, tx, acme.ID())
					if err != nil {
						return err
					}
					return recordInVain(ctx, h)
				})
			default:
				u.start(ctx)
				<-u.done
			}
		})
	}
	wg.Wait()
	var outside []*upload
	for i, u := range calls {
		if i%3 == 2 {
			outside = append(outside, u)
			continue
		}
		require.ErrorIs(t, errs[i], errBoom)
		require.False(t, has(t, acme, u.ev), "it was rolled back")
	}
	requireStored(t, outside)
}

// More clients than connections and cores: all are served, each in its turn.
func TestManyClientsOfManyTenantsAreAllServed(t *testing.T) {
	t.Parallel()
	const tenants, clients, rounds = 20, 200, 50
	g := newTogether(t, 4, tenants)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	evs := make([]*attestor.Evidence, rounds*clients/tenants) // of each tenant
	for i := range evs {
		evs[i] = g.signers[0].Evidence(t, fmt.Sprint(i), []byte(fmt.Sprint(i)))
	}
	// The first round makes connections and statements, and is not timed.
	var longest [clients]time.Duration
	var errs [clients]error
	serve := func(client, round int) error {
		tenant, ev := g.tenants[client%tenants], evs[round*clients/tenants+client/tenants]
		start := time.Now()
		rec, err := tenant.Record(ctx, ev)
		if err != nil {
			return err
		}
		recorded := time.Now()
		got, err := tenant.Attestor().Get(ctx, rec.ID)
		if err == nil && got.SHA256 != ev.SHA256 {
			err = fmt.Errorf("got %s for %s", got.SHA256, ev.SHA256)
		}
		if round > 0 {
			longest[client] = max(longest[client], recorded.Sub(start), time.Since(recorded))
		}
		return err
	}
	var begun time.Time
	for _, span := range [][2]int{{0, 1}, {1, rounds}} {
		begun = time.Now()
		var wg sync.WaitGroup
		for client := range clients {
			wg.Go(func() {
				for round := span[0]; round < span[1] && errs[client] == nil; round++ {
					errs[client] = serve(client, round)
				}
			})
		}
		wg.Wait()
	}
	require.NoError(t, errors.Join(errs[:]...))
	took := time.Since(begun)
	fair := took / (2 * (rounds - 1))
	require.Less(t, slices.Max(longest[:]), 20*fair+time.Second, "all took %s", took)
	require.Equal(t, tenants*len(evs), countRows(t, g.DB, "envelopes"))
}
