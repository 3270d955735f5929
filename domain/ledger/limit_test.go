package ledger_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/tenant"
)

// largest is an entry whose every field is as long as it may be.
func largest(t *testing.T) ledger.Entry {
	t.Helper()
	sum := digest.Sum([]byte("x"))
	subject, err := digest.FromBytes(strings.Repeat("a", 32), []byte(strings.Repeat("d", 128)))
	require.NoError(t, err)
	input := ledger.Input{Kind: strings.Repeat("k", ledger.MaxKindLength), Digest: sum}
	e := ledger.Entry{
		Tenant: tenant.ID{1}, Seq: 1, ID: uuid.UUID{1}, PrevHash: sum, RecordedAt: time.Unix(1, 0).UTC(),
		Kind: ledger.Decision, Subject: ledger.Subject{Digest: subject, Name: strings.Repeat("n", ledger.MaxNameLength)},
		Result: ledger.Pass, Policy: ledger.Policy{URI: strings.Repeat("u", ledger.MaxURILength), Digest: sum},
		Inputs:   []ledger.Input{input},
		Reason:   strings.Repeat("r", ledger.MaxReasonLength-2-ledger.MaxKindLength-32),
		Verifier: strings.Repeat("v", ledger.MaxURILength), TimeVerified: time.Unix(1, 0).UTC(), PayloadHash: sum,
		DecisionDigest: sum, Actor: tenant.Actor(strings.Repeat("a", 256)), IdempotencyKey: strings.Repeat("i", ledger.MaxKeyLength),
	}
	return e
}

// Whatever an entry may have, its leaf fits the two bytes that an entry bundle has for
// its length.
func TestLargestLeafFitsAnEntryBundle(t *testing.T) {
	t.Parallel()
	e := largest(t)
	require.NoError(t, e.Validate())
	require.LessOrEqual(t, len(e.AppendLeaf(nil))+len(strings.Repeat("x", ledger.MaxActionLength)), ledger.MaxLeafLength)
	e.Reason += "r"
	var invalid *fault.Invalid
	require.ErrorAs(t, e.Validate(), &invalid)
	require.Equal(t, "reason", invalid.Field)
	e.Reason, e.Inputs = "", nil
	for i := range ledger.MaxInputs {
		sum := digest.SHA256{byte(i >> 8), byte(i), 1}
		e.Inputs = append(e.Inputs, ledger.Input{Kind: strings.Repeat("k", ledger.MaxKindLength), Digest: sum})
	}
	require.ErrorAs(t, e.Validate(), &invalid)
	require.Equal(t, "reason", invalid.Field)
}
