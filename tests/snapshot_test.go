package tests

import (
	"context"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/tenancy"
	"stella-ops.org/attestdb/internal/testdb"
)

// What an administrator committed holds for a transaction that began before and sees the
// tenant as it was: nothing enters in another isolation than READ COMMITTED, by whichever
// way, and in that one the tenant is read anew.
func TestTransactionWithAnOldSnapshotWritesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	entrances := w.entrances(t)
	verification := fmt.Sprintf(`INSERT INTO attestor.envelope_verifications
		(tenant_id, id, created_at, envelope_id, outcome, verifier, policy, signatures, time_verified)
		VALUES ('%s', gen_random_uuid(), now(), '%s', 'verified', 'v', 'p', '[0]', now())`, w.acme.ID(), w.acmeIDs[0])
	calls := map[string]string{"a verification": verification}
	for _, e := range entrances {
		calls[e.name] = e.callWith(t, nil)
	}
	admin := w.db.Tenancy().As("admin")
	change := map[string]func() error{
		"required": func() error {
			_, err := admin.Require(t.Context(), w.acme.ID(), tenancy.Requirements{Verified: true, InToto: true})
			return err
		},
		"suspended": func() error { _, err := admin.Suspend(t.Context(), w.acme.ID()); return err },
	}
	reset := func() {
		_, err := admin.Require(t.Context(), w.acme.ID(), tenancy.Requirements{})
		require.NoError(t, err)
		_, err = admin.Resume(t.Context(), w.acme.ID())
		require.NoError(t, err)
	}
	for name, sql := range calls {
		for what, commit := range change {
			for _, level := range []pgx.TxIsoLevel{pgx.RepeatableRead, pgx.Serializable, pgx.ReadUncommitted, pgx.ReadCommitted} {
				conn := w.Conn(t, "app")
				tx, err := conn.BeginTx(t.Context(), pgx.TxOptions{IsoLevel: level})
				require.NoError(t, err)
				_, err = tx.Exec(t.Context(), "SELECT set_config('attestdb.tenant_id', $1, true), count(*) FROM attestor.envelopes", w.acme.ID().String())
				require.NoError(t, err)
				require.NoError(t, commit())
				_, err = tx.Exec(t.Context(), sql)
				switch {
				case level != pgx.ReadCommitted:
					require.Equal(t, "AD021", codeOf(t, err), "%s, %s, %s", name, what, level)
				case what == "suspended":
					require.Equal(t, "AD003", codeOf(t, err), name)
				}
				require.NoError(t, tx.Rollback(t.Context()))
				reset()
			}
		}
	}
}

// Go callers learn which isolation is allowed, and need not think of it with a pool that
// Open made, whatever the database's default is.
func TestIsolationOfPools(t *testing.T) {
	t.Parallel()
	d := testdb.New(t)
	_, err := d.Conn(t, "superuser").Exec(t.Context(), `DO $$ BEGIN
		EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = ''repeatable read''', current_database()); END $$`)
	require.NoError(t, err)
	ours, err := attestdb.Open(t.Context(), attestdb.Config{App: attestdb.Conn{URL: d.URL("app")}, Admin: attestdb.Conn{URL: d.URL("admin")}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, ours.Close(context.Background())) })
	acme := domaintest.Tenant(t, ours, "acme")
	_, err = acme.Record(t.Context(), wordyEvidence(t, "ours", "ours"))
	require.NoError(t, err)

	pool, err := pgxpool.New(t.Context(), d.URL("app"))
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	callers, err := attestdb.Open(t.Context(), attestdb.Config{App: attestdb.Conn{Pool: pool}})
	require.NoError(t, err)
	_, err = callers.Tenant(acme.ID()).Record(t.Context(), wordyEvidence(t, "callers", "callers"))
	var invalid *attestdb.InvalidError
	require.ErrorAs(t, err, &invalid)
	require.Equal(t, "transaction isolation", invalid.Field)
	require.Equal(t, "read committed", invalid.Allowed)
	require.Contains(t, invalid.Problem, "REPEATABLE READ")
}
