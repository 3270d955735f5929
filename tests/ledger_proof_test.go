package tests

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/verdict"
)

// A proof from one size to another is between two checkpoints of one origin, whoever else
// signed these sizes.
func TestProofFromAnOlderSizeIsOfOneOrigin(t *testing.T) {
	t.Parallel()
	w := newLedger(t)
	one, two := signingKey(t, "one.example"), signingKey(t, "two.example")
	sign := func(key ledger.SigningKey, origin string) {
		_, err := w.acme.Verdict().Checkpoint(t.Context(), key, origin)
		require.NoError(t, err)
	}
	_, err := w.acme.Verdict().Append(t.Context(), decided("a"))
	require.NoError(t, err)
	sign(one, "one.example")
	sign(two, "two.example")
	_, err = w.acme.Verdict().Append(t.Context(), decided("b"))
	require.NoError(t, err)
	sign(one, "one.example")
	p, err := w.acme.Verdict().Prove(t.Context(), 0, verdict.ProofRequest{From: 2})
	require.NoError(t, err)
	verifier, err := note.NewVerifier(one.VerifierKey())
	require.NoError(t, err)
	_, err = p.Verify(verifier)
	require.NoError(t, err)
	sign(two, "two.example")
	_, err = w.acme.Verdict().Append(t.Context(), decided("c"))
	require.NoError(t, err)
	sign(signingKey(t, "three.example"), "three.example")
	_, err = w.acme.Verdict().Prove(t.Context(), 0, verdict.ProofRequest{From: 2})
	require.ErrorIs(t, err, attestdb.ErrNotFound, "none of that origin")
}
