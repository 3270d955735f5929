package tests

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/verdict"
)

// entryKey is an idempotency key in a tenant's ledger.
type entryKey struct {
	tenant uuid.UUID
	key    string
}

// decideOne appends decisions in one of the ways that there are and says in one write
// where they are. A call that was reported lost is made again with the same keys, until
// it is known what came of it.
func decideOne(ctx context.Context, handle *attestdb.TenantDB, random *rand.Rand, signers []*domaintest.Signer, verify attestdb.RecordOption) {
	decisions := make([]verdict.Decision, 1+random.IntN(3))
	for i := range decisions {
		decisions[i] = plainDecision(random.Int64())
		decisions[i].IdempotencyKey = uuid.NewString()
		if random.IntN(2) == 0 {
			decisions[i].Payload = fmt.Appendf(nil, `{"n":%d}`, random.IntN(1000))
		}
	}
	ev := randomEvidence(random, signers, "")
	way := random.IntN(3)
	if way == 0 { // with the evidence that it is decided on
		decisions[0].Inputs = []verdict.Input{{Kind: "envelope", Digest: ev.SHA256}}
	}
	appendAll := func() (appended []verdict.Appended, err error) {
		switch way {
		case 0:
			err = handle.InTx(ctx, func(ctx context.Context, tx *attestdb.TenantDB) error {
				_, err := tx.Record(ctx, ev, verify)
				if err == nil {
					appended, err = tx.Verdict().AppendBatch(ctx, decisions)
				}
				return err
			})
		case 1:
			appended, err = handle.Verdict().AppendBatch(ctx, decisions)
		default:
			appended = make([]verdict.Appended, 1)
			appended[0], err = handle.Verdict().Append(ctx, decisions[0])
		}
		return appended, err
	}
	for {
		appended, err := appendAll()
		switch {
		case err == nil:
			var said strings.Builder
			for _, a := range appended {
				fmt.Fprintf(&said, " %s/%s=%d", handle.ID(), a.IdempotencyKey, a.Seq)
			}
			_, _ = os.Stdout.WriteString("entries" + said.String() + "\n")
			return
		case ctx.Err() != nil:
			return
		case errors.Is(err, attestdb.ErrUnavailable), errors.Is(err, attestdb.ErrOutcomeUnknown):
			sayLost()
		default:
			_, _ = os.Stdout.WriteString("fault " + strings.ReplaceAll(err.Error(), "\n", "; ") + "\n")
			return
		}
	}
}

// heardEntries reads what decideOne says.
func (r *recorder) heardEntries(said string) {
	for entry := range strings.FieldsSeq(said) {
		place, number, _ := strings.Cut(entry, "=")
		tenant, key, _ := strings.Cut(place, "/")
		seq, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			r.faults = append(r.faults, err.Error())
		}
		r.entries[entryKey{uuid.MustParse(tenant), key}] = seq
	}
}

// checkLedgers requires that every ledger is whole, has what was acknowledged where it
// was said to be, and that a decision on evidence is there with its evidence.
func (c *census) checkLedgers(t testing.TB) {
	t.Helper()
	ctx := context.Background()
	for _, tenant := range c.tenants {
		handle := c.db.Tenant(attestdb.TenantID(tenant))
		r, err := handle.Verdict().Verify(ctx, verdict.VerifyRequest{Resume: c.verified[tenant]})
		require.NoError(t, err)
		require.Empty(t, r.Findings)
		c.verified[tenant] = r.State
	}
	rows, err := c.super.Query(ctx, `SELECT tenant_id, idempotency_key, seq FROM verdict.ledger_entries WHERE idempotency_key <> ''`)
	require.NoError(t, err)
	there := map[entryKey]int64{}
	var at entryKey
	var seq int64
	_, err = pgx.ForEachRow(rows, []any{&at.tenant, &at.key, &seq}, func() error {
		require.NotContains(t, there, at)
		there[at] = seq
		return nil
	})
	require.NoError(t, err)
	for at, seq := range c.entries {
		require.Contains(t, there, at, "it was acknowledged")
		require.Equal(t, seq, there[at])
	}
	var alone int
	require.NoError(t, c.super.QueryRow(ctx, `SELECT count(*) FROM verdict.ledger_inputs i
		WHERE i.kind = 'envelope' AND NOT EXISTS (SELECT FROM attestor.envelopes e WHERE (e.tenant_id, e.sha256) = (i.tenant_id, i.digest))`).Scan(&alone))
	require.Zero(t, alone, "decisions without the evidence of their transaction")
}
