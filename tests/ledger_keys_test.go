package tests

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/testdb"
)

// Whoever rewrites a ledger and has another key sign it does not get the first key to sign
// it too: that key said something else, and compares with its own word.
func TestKeySignsNothingElseAfterAnotherKeyDid(t *testing.T) {
	t.Parallel()
	w := testdb.New(t)
	h := ledgerOf(t, openOn(t, w), 30)
	key, other := signingKey(t, "k"), signingKey(t, "other")
	first, err := h.Verdict().Checkpoint(t.Context(), key, "")
	require.NoError(t, err)
	super := w.Conn(t, "superuser")
	for _, q := range []string{
		"SET session_replication_role = replica",
		"UPDATE verdict.ledger_entries SET leaf_hash = sha256(leaf_hash) WHERE seq = 0",
		`UPDATE verdict.ledger_nodes n SET hash = verdict.node((SELECT array_agg(e.leaf_hash ORDER BY e.seq)
		   FROM verdict.ledger_entries e WHERE e.tenant_id = n.tenant_id AND e.seq < 16)) WHERE level = 1 AND index = 0`,
	} {
		_, err := super.Exec(t.Context(), q)
		require.NoError(t, err)
	}
	size := first.TreeSize
	root, err := h.Verdict().Root(t.Context(), size)
	require.NoError(t, err)
	forged, err := ledger.Sign(other, first.Origin, size, root)
	require.NoError(t, err)
	_, err = super.Exec(t.Context(), `INSERT INTO verdict.ledger_checkpoints
		(tenant_id, id, created_at, origin, tree_size, root_hash, note, note_sha256, signed_by)
		VALUES ($1, gen_random_uuid(), clock_timestamp(), $2, $3, $4, $5, sha256($5), $6)`,
		h.ID(), forged.Origin, size, root[:], forged.Note, other.VerifierKey())
	require.NoError(t, err)
	for range 2 { // of the same size, and of a larger one
		_, err = h.Verdict().Checkpoint(t.Context(), key, "")
		var wrong *ledger.ProofError
		require.ErrorAs(t, err, &wrong)
		require.Equal(t, ledger.ProblemConsistency, wrong.Problem)
		_, err = h.Verdict().Append(t.Context(), plainDecision(1))
		require.NoError(t, err)
	}
}

// Proofs and exports are for somebody who trusts certain keys: what another key signed of
// the same sizes since does not take the place of what they signed.
func TestProofsAndExportsAreForTheirKeys(t *testing.T) {
	t.Parallel()
	w := testdb.New(t)
	h := ledgerOf(t, openOn(t, w), 30)
	s := h.Verdict()
	origin := ledger.Origin(h.ID())
	key, other := signingKey(t, origin), signingKey(t, origin)
	checkpoints := func() {
		for _, k := range []ledger.SigningKey{key, other} {
			_, err := s.Checkpoint(t.Context(), k, "")
			require.NoError(t, err)
		}
	}
	checkpoints()
	growLedger(t, h, 40)
	checkpoints()
	trusted := []note.Verifier{verifierOf(t, key)}
	proof, err := s.Prove(t.Context(), 7, verdict.ProofRequest{From: 30, Verifiers: trusted})
	require.NoError(t, err)
	_, err = proof.Verify(trusted...)
	require.NoError(t, err)
	dir := t.TempDir()
	_, err = s.Export(t.Context(), dir, verdict.ExportRequest{Verifiers: trusted})
	require.NoError(t, err)
	_, err = ledger.VerifyExport(t.Context(), dir, trusted, nil)
	require.NoError(t, err)

	// Without keys it is the newest, whoever signed it.
	proof, err = s.Prove(t.Context(), 7, verdict.ProofRequest{})
	require.NoError(t, err)
	_, err = proof.Verify(trusted...)
	require.ErrorIs(t, err, attestdb.ErrVerification)
	// One who signed nothing has no proof.
	_, err = s.Prove(t.Context(), 7, verdict.ProofRequest{Verifiers: []note.Verifier{verifierOf(t, signingKey(t, origin))}})
	require.Error(t, err)
}
