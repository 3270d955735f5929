package tests

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/verdict"
)

// openWithReplica opens the primary and, for reading, the standby.
func openWithReplica(t *testing.T, primary, standby *ownServer, wait time.Duration) *attestdb.DB {
	t.Helper()
	db, err := attestdb.Open(t.Context(), attestdb.Config{
		App: attestdb.Conn{URL: primary.url("app"), MaxConns: 4}, Admin: attestdb.Conn{URL: primary.url("admin")},
		Replica: attestdb.Conn{URL: standby.url("app"), MaxConns: 2}, ReplicaWait: wait,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close(context.Background())) })
	return db
}

// Whoever hands on the position of a write reads it, on the standby when that has it and
// on the primary when it has not.
func TestReplicaReadsWhatWasWritten(t *testing.T) {
	t.Parallel()
	primary := startPrimary(t, nil)
	standby := primary.standby(t)
	db := openWithReplica(t, primary, standby, 5*time.Second)
	acme := domaintest.Tenant(t, db, "acme")

	for n := range 20 {
		appended, err := acme.Verdict().Append(t.Context(), plainDecision(int64(n)))
		require.NoError(t, err)
		after, err := acme.Position(t.Context())
		require.NoError(t, err)
		got, err := acme.OnReplica(after).Verdict().Get(t.Context(), appended.Seq)
		require.NoError(t, err)
		require.Equal(t, appended.LeafHash, got.LeafHash)
	}
	standby.follows(t, primary)
	report, err := acme.OnReplica("").Verdict().Verify(t.Context(), verdict.VerifyRequest{})
	require.NoError(t, err)
	require.Equal(t, int64(21), report.State.Size)

	// What is read without a position is the standby's, however far it is.
	standby.exec(t, "postgres", "SELECT pg_wal_replay_pause()")
	appended, err := acme.Verdict().Append(t.Context(), plainDecision(20))
	require.NoError(t, err)
	_, err = acme.OnReplica("").Verdict().Get(t.Context(), appended.Seq)
	require.ErrorIs(t, err, attestdb.ErrNotFound, "it was read on the primary")

	// A standby that does not get there in time is passed over.
	after, err := acme.Position(t.Context())
	require.NoError(t, err)
	hurried := openWithReplica(t, primary, standby, 100*time.Millisecond).Tenant(acme.ID())
	_, err = hurried.OnReplica(after).Verdict().Get(t.Context(), appended.Seq)
	require.NoError(t, err)

	// So is one that is gone.
	require.NoError(t, standby.Kill())
	_, err = hurried.OnReplica("").Verdict().Get(t.Context(), appended.Seq)
	require.NoError(t, err)
}

func TestReplicaTakesNoWrites(t *testing.T) {
	t.Parallel()
	primary := startPrimary(t, nil)
	standby := primary.standby(t)
	withStandby := openWithReplica(t, primary, standby, time.Second)
	without := primary.open(t, 4)
	acme := domaintest.Tenant(t, without, "acme")
	standby.follows(t, primary)
	literal := openWith(t, attestdb.Config{
		App: attestdb.Conn{URL: primary.url("app"), MaxConns: 4}, Replica: attestdb.Conn{URL: standby.url("app"), MaxConns: 2},
		TenantSetting: attestdb.SettingLiteral,
	})
	literalAlone := openWith(t, attestdb.Config{
		App: attestdb.Conn{URL: primary.url("app"), MaxConns: 4}, TenantSetting: attestdb.SettingLiteral,
	})
	for name, db := range map[string]*attestdb.DB{
		"standby": withStandby, "no standby": without, "standby, literal": literal, "no standby, literal": literalAlone,
	} {
		t.Run(name, func(t *testing.T) {
			h := db.Tenant(acme.ID()).As("reader").OnReplica("")
			_, err := h.Record(t.Context(), wordyEvidence(t, "a", "b"))
			require.ErrorIs(t, err, attestdb.ErrReadOnly)
			_, err = h.Verdict().Append(t.Context(), plainDecision(1))
			require.ErrorIs(t, err, attestdb.ErrReadOnly)
			err = h.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error {
				_, err := tx.Verdict().Append(ctx, plainDecision(1))
				return err
			})
			require.ErrorIs(t, err, attestdb.ErrReadOnly)
			state, err := h.Verdict().Verify(t.Context(), verdict.VerifyRequest{})
			require.NoError(t, err)
			require.Equal(t, int64(1), state.State.Size, "the entry about the tenant alone")
		})
	}
}

func TestPositionThatIsNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, p := range []attestdb.Position{"0", "0/0/0", "g/1", "0/123456789", "0/1'"} {
		_, err := w.acme.OnReplica(p).Verdict().Get(t.Context(), 0)
		require.ErrorIs(t, err, attestdb.ErrInvalid)
		require.ErrorContains(t, err, "position")
	}
}
