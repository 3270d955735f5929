package tests

import (
	"maps"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/verdict"
)

// numberFrom reads an environment variable that is a number.
func numberFrom(t testing.TB, name string, otherwise uint64) uint64 {
	t.Helper()
	v := os.Getenv(name)
	if v == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(v, 10, 64)
	require.NoError(t, err, name)
	return n
}

// The server and the recording process are killed by turns in the middle of
// concurrent ingestion. Whatever was acknowledged is there and whole; whatever
// was not is whole or not there at all.
//
// ATTESTDB_CRASH_ROUNDS is the number of kills, ATTESTDB_SEED what chooses the
// moments and the sizes.
func TestNothingAcknowledgedIsLostWhenServerOrClientIsKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("it kills for a minute")
	}
	rounds := numberFrom(t, "ATTESTDB_CRASH_ROUNDS", 50)
	seed := numberFrom(t, "ATTESTDB_SEED", rand.Uint64())
	t.Logf("ATTESTDB_SEED=%d", seed)
	// What a killed server had written survives in memory as on disk, and the
	// test is about that: a power cut would take another machine.
	s := startServer(t, true, nil)
	db := s.open(t, 4)
	c := &census{
		super: s.pool(t, 2), db: db, acked: map[uuid.UUID]digest.SHA256{}, checked: map[uuid.UUID]bool{},
		entries: map[entryKey]int64{}, verified: map[uuid.UUID]verdict.State{},
	}
	orders := recorderOrders{URL: s.url("app")}
	for _, name := range []string{"acme", "globex"} {
		orders.Tenants = append(orders.Tenants, domaintest.Tenant(t, db, name).ID().UUID())
	}
	c.tenants = orders.Tenants
	random := rand.New(rand.NewPCG(seed, 0))
	lost := 0
	for round := range rounds {
		orders.Seed = random.Uint64()
		r := startRecorder(t, orders)
		r.await(t)
		time.Sleep(time.Duration(random.IntN(120)) * time.Millisecond)
		if round%2 == 0 {
			require.NoError(t, s.Kill())
			s.start(t)
			c.super.Reset() // plain pgx does not get over it by itself
			// The same process, with the same pool, goes on by itself.
			r.await(t)
			r.stop()
		} else {
			r.kill()
		}
		require.Empty(t, r.faults, "round %d", round)
		require.NotEmpty(t, r.acks, "round %d", round)
		maps.Copy(c.acked, r.acks)
		maps.Copy(c.entries, r.entries)
		lost += r.lost
		c.check(t)
	}
	t.Logf("%d kills: %d envelopes acknowledged, %d there, %d entries of ledgers acknowledged, %d calls reported lost",
		rounds, len(c.acked), len(c.checked), len(c.entries), lost)
	require.NotEmpty(t, c.entries)
	require.GreaterOrEqual(t, len(c.checked), len(c.acked))
}

// await returns after an acknowledgement that comes from now on.
func (r *recorder) await(t *testing.T) {
	t.Helper()
	select {
	case <-r.beat: // one from before
	default:
	}
	select {
	case <-r.beat:
	case <-r.done:
		t.Fatalf("the recorder ended: %v", r.faults)
	case <-time.After(30 * time.Second):
		t.Fatalf("no acknowledgement for 30 s")
	}
}
