package tests

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/domaintest"
)

// A server that waits for a synchronous standby commits on its own disk first. If the
// wait is cut short it says so in a warning alone, which must not pass for success: the
// standby that takes over does not have it.
func TestNothingIsAcknowledgedThatNoStandbyHas(t *testing.T) {
	t.Parallel()
	primary := startPrimary(t, nil)
	acme := domaintest.Tenant(t, primary.open(t, 4), "acme")
	primary.exec(t, "postgres", "ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
	primary.exec(t, "postgres", "SELECT pg_reload_conf()")
	t.Cleanup(func() {
		primary.exec(t, "postgres", "ALTER SYSTEM RESET synchronous_standby_names")
		primary.exec(t, "postgres", "SELECT pg_reload_conf()")
	})
	waiting := func() (n int) {
		primary.query(t, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'", &n)
		return n
	}
	evidence := wordyEvidence(t, "a", "b")
	for name, call := range map[string]func(context.Context) error{
		"record": func(ctx context.Context) error { return record(ctx, acme, evidence) },
		"append": func(ctx context.Context) error { _, err := acme.Verdict().Append(ctx, plainDecision(1)); return err },
		"transaction": func(ctx context.Context) error {
			return acme.InTx(ctx, func(ctx context.Context, tx *attestdb.TenantDB) error {
				return record(ctx, tx, wordyEvidence(t, "c", "d"))
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			// An operator ends the wait.
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			answered := make(chan error, 1)
			go func() { answered <- call(ctx) }()
			require.Eventually(t, func() bool { return waiting() > 0 }, 10*time.Second, 5*time.Millisecond)
			for len(answered) == 0 {
				primary.exec(t, "postgres", "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
				time.Sleep(20 * time.Millisecond)
			}
			require.ErrorIs(t, <-answered, attestdb.ErrOutcomeUnknown)
		})
	}
}
