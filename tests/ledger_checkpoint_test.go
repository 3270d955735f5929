package tests

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/testdb"
)

// signingKey is a new key of a name, by way of the file that openssl would write.
func signingKey(t testing.TB, name string) ledger.SigningKey {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	key, err := ledger.ParseSigningKey(name, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	require.NoError(t, err)
	return key
}

func verifierOf(t testing.TB, key ledger.SigningKey) note.Verifier {
	t.Helper()
	v, err := note.NewVerifier(key.VerifierKey())
	require.NoError(t, err)
	return v
}

func allCheckpoints(t *testing.T, s *verdict.Store) []verdict.Checkpoint {
	t.Helper()
	var list []verdict.Checkpoint
	for c, err := range s.Checkpoints(t.Context()) {
		require.NoError(t, err)
		list = append(list, c)
	}
	return list
}

func TestCheckpointsOfAGrowingLedger(t *testing.T) {
	t.Parallel()
	w := testdb.New(t)
	h := ledgerOf(t, openOn(t, w), 30)
	s := h.Verdict()
	key := signingKey(t, ledger.Origin(h.ID()))
	first, err := s.Checkpoint(t.Context(), key, "")
	require.NoError(t, err)
	require.False(t, first.Existed)
	root, err := s.Root(t.Context(), 30)
	require.NoError(t, err)
	got, err := ledger.OpenCheckpoint(first.Note, verifierOf(t, key))
	require.NoError(t, err)
	require.Equal(t, ledger.Checkpoint{Origin: "attestdb/" + h.ID().String(), TreeSize: 30, RootHash: root, Note: first.Note}, got)

	again, err := s.Checkpoint(t.Context(), key, "")
	require.NoError(t, err)
	require.True(t, again.Existed)
	require.Equal(t, first.Checkpoint, again.Checkpoint)

	// Another key for the same size, and for a larger one: what the old one signed stays.
	other := signingKey(t, "next")
	rotated, err := s.Checkpoint(t.Context(), other, "")
	require.NoError(t, err)
	require.False(t, rotated.Existed)
	growLedger(t, h, 300)
	grown, err := s.Checkpoint(t.Context(), other, "example.com/log")
	require.NoError(t, err)
	require.Equal(t, int64(300), grown.TreeSize)
	require.Equal(t, []verdict.Checkpoint{grown.Checkpoint, rotated.Checkpoint, first.Checkpoint}, allCheckpoints(t, s))
	_, err = ledger.OpenCheckpoint(grown.Note, verifierOf(t, key))
	var wrong *ledger.ProofError
	require.ErrorAs(t, err, &wrong)
	require.Equal(t, ledger.ProblemSignature, wrong.Problem)
	at, err := s.CheckpointAt(t.Context(), 30)
	require.NoError(t, err)
	require.Equal(t, rotated.Checkpoint, at)
	_, err = s.CheckpointAt(t.Context(), 31)
	require.ErrorIs(t, err, attestdb.ErrNotFound)

	_, err = s.Checkpoint(t.Context(), key, "two\nlines")
	require.ErrorIs(t, err, attestdb.ErrInvalid)
	report, err := s.Verify(t.Context(), verdict.VerifyRequest{Verifiers: []note.Verifier{verifierOf(t, key), verifierOf(t, other)}})
	require.NoError(t, err)
	require.Empty(t, report.Findings)
	require.Equal(t, 3, report.Checkpoints)
}

// More of them than one page has.
func TestCheckpointsAreListedWhole(t *testing.T) {
	t.Parallel()
	w := testdb.New(t)
	h := ledgerOf(t, openOn(t, w), 3)
	for i := range 205 {
		_, err := h.Verdict().Checkpoint(t.Context(), signingKey(t, "k"), fmt.Sprint("log", i))
		require.NoError(t, err)
	}
	list := allCheckpoints(t, h.Verdict())
	require.Len(t, list, 205)
	for i, c := range list {
		require.Equal(t, fmt.Sprint("log", 204-i), c.Origin)
	}
}

// badSigner signs something else, or not at all.
type badSigner struct {
	note.Signer

	err error
}

func (b badSigner) Sign(msg []byte) ([]byte, error) {
	if b.err != nil {
		return nil, b.err
	}
	return b.Signer.Sign(append(msg, 'x'))
}

func TestNothingIsKeptOfASignerThatFails(t *testing.T) {
	t.Parallel()
	w := testdb.New(t)
	h := ledgerOf(t, openOn(t, w), 3)
	good := signingKey(t, "k")
	broken := errors.New("the device is locked")
	for _, signer := range []badSigner{{Signer: good.Signer}, {Signer: good.Signer, err: broken}} {
		key, err := ledger.NewSigningKey(signer, good.VerifierKey())
		require.NoError(t, err)
		_, err = h.Verdict().Checkpoint(t.Context(), key, "")
		require.Error(t, err)
		if signer.err != nil {
			require.ErrorIs(t, err, broken)
		} else {
			require.ErrorIs(t, err, attestdb.ErrVerification)
		}
	}
	require.Empty(t, allCheckpoints(t, h.Verdict()))
	// What is there need not be signed again.
	first, err := h.Verdict().Checkpoint(t.Context(), good, "")
	require.NoError(t, err)
	key, err := ledger.NewSigningKey(badSigner{Signer: good.Signer, err: broken}, good.VerifierKey())
	require.NoError(t, err)
	again, err := h.Verdict().Checkpoint(t.Context(), key, "")
	require.NoError(t, err)
	require.True(t, again.Existed)
	require.Equal(t, first.Checkpoint, again.Checkpoint)
	_, err = ledger.NewSigningKey(good.Signer, signingKey(t, "k").VerifierKey())
	require.ErrorIs(t, err, attestdb.ErrInvalid)
}

// A ledger that does not begin with what was signed is signed no more, whatever was done
// to it.
func TestInconsistentLedgerIsNotSigned(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		statements []string
		problem    ledger.Problem
	}{
		"node": {[]string{"UPDATE verdict.ledger_nodes SET hash = sha256(hash) WHERE level = 1 AND index = 0"}, ledger.ProblemConsistency},
		"rewritten": {[]string{
			"UPDATE verdict.ledger_entries SET leaf_hash = sha256(leaf_hash) WHERE seq = 0",
			`UPDATE verdict.ledger_nodes n SET hash = verdict.node((SELECT array_agg(e.leaf_hash ORDER BY e.seq)
			   FROM verdict.ledger_entries e WHERE e.tenant_id = n.tenant_id AND e.seq < 16)) WHERE level = 1 AND index = 0`,
		}, ledger.ProblemConsistency},
		"rollback":        {[]string{"DELETE FROM verdict.ledger_entries WHERE seq >= 20"}, ledger.ProblemConsistency},
		"node gone":       {[]string{"DELETE FROM verdict.ledger_nodes"}, ledger.ProblemMissing},
		"checkpoint root": {[]string{"UPDATE verdict.ledger_checkpoints c SET root_hash = verdict.tree_root(c.tenant_id, 20)"}, ""},
		"checkpoint size": {[]string{"UPDATE verdict.ledger_checkpoints c SET tree_size = 20"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := testdb.New(t)
			h := ledgerOf(t, openOn(t, w), 30)
			key := signingKey(t, "k")
			_, err := h.Verdict().Checkpoint(t.Context(), key, "")
			require.NoError(t, err)
			super := w.Conn(t, "superuser")
			for _, q := range append([]string{
				"SET session_replication_role = replica", "ALTER TABLE verdict.ledger_checkpoints DROP CONSTRAINT ledger_checkpoints_note_says_so",
			}, c.statements...) {
				_, err := super.Exec(t.Context(), q)
				require.NoError(t, err)
			}
			_, err = h.Verdict().Checkpoint(t.Context(), key, "")
			require.Len(t, allCheckpoints(t, h.Verdict()), 1)
			if c.problem == "" { // the database sees it
				require.ErrorIs(t, err, attestdb.ErrLedgerLaw)
				return
			}
			var wrong *ledger.ProofError
			require.ErrorAs(t, err, &wrong)
			require.Equal(t, c.problem, wrong.Problem, err)
		})
	}
}

// A checkpoint that the key beside it did not sign stands in nobody's way, whoever left
// it; it is told of for ever.
func TestUnsignedCheckpointIsPassedOver(t *testing.T) {
	t.Parallel()
	for _, signedBy := range []string{"junk", signingKey(t, "k").VerifierKey()} {
		for _, signed := range []bool{false, true} { // one before it
			w := testdb.New(t)
			h := ledgerOf(t, openOn(t, w), 30)
			key := signingKey(t, "k")
			if signed {
				_, err := h.Verdict().Checkpoint(t.Context(), key, "")
				require.NoError(t, err)
				_, err = h.Verdict().Append(t.Context(), decided("more"))
				require.NoError(t, err)
			}
			tx := begin(t, w.Conn(t, "app"))
			_, err := tx.Exec(t.Context(), "SELECT set_config('attestdb.tenant_id', $1, true)", h.ID().String())
			require.NoError(t, err)
			_, err = tx.Exec(t.Context(), `SELECT verdict.record_checkpoint(tenant_id, gen_random_uuid(), 'x', n, root,
				convert_to(concat_ws(chr(10), 'x', n, encode(root, 'base64'), ''), 'UTF8'), $1)
				FROM (SELECT tenant_id, n, verdict.tree_root(tenant_id, n) AS root FROM verdict.ledgers,
				  LATERAL (SELECT max(seq) + 1 AS n FROM verdict.ledger_entries) e) l`, signedBy)
			require.NoError(t, err)
			require.NoError(t, tx.Commit(t.Context()))
			if !signed {
				_, err = h.Verdict().Prove(t.Context(), 3, verdict.ProofRequest{})
				var wrong *ledger.ProofError
				require.ErrorAs(t, err, &wrong, "no checkpoint is signed")
			}
			made, err := h.Verdict().Checkpoint(t.Context(), key, "")
			require.NoError(t, err)
			require.False(t, made.Existed)
			p, err := h.Verdict().Prove(t.Context(), 3, verdict.ProofRequest{})
			require.NoError(t, err)
			require.Equal(t, made.Note, p.Checkpoint)
			exported, err := h.Verdict().Export(t.Context(), t.TempDir(), verdict.ExportRequest{Size: made.TreeSize})
			require.NoError(t, err)
			require.Equal(t, made.ID, exported.ID)
			r, err := h.Verdict().Verify(t.Context(), verdict.VerifyRequest{})
			require.NoError(t, err)
			require.Len(t, r.Findings, 1)
			require.Equal(t, verdict.FaultCheckpoint, r.Findings[0].Fault)
		}
	}
}

// Many sign while the ledger grows: every checkpoint is consistent with the others, and
// none is refused because another one came first.
func TestCheckpointsAtOnce(t *testing.T) {
	t.Parallel()
	w := testdb.New(t)
	h := ledgerOf(t, openOn(t, w), 3)
	var wg sync.WaitGroup
	for i := range 4 {
		key := signingKey(t, fmt.Sprint("k", i))
		wg.Go(func() {
			for j := range 8 {
				_, err := h.Verdict().Append(t.Context(), decided(fmt.Sprint(i, "-", j)))
				if err != nil {
					t.Error(err)
				}
				if _, err := h.Verdict().Checkpoint(t.Context(), key, ""); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	report, err := h.Verdict().Verify(t.Context(), verdict.VerifyRequest{})
	require.NoError(t, err)
	require.Empty(t, report.Findings)
	require.Equal(t, len(allCheckpoints(t, h.Verdict())), report.Checkpoints)
}

func TestCheckpointNeedsAnActiveTenantAndNoTransaction(t *testing.T) {
	t.Parallel()
	w := testdb.New(t)
	db := openOn(t, w)
	h := ledgerOf(t, db, 3)
	key := signingKey(t, "k")
	require.NoError(t, h.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error {
		if _, err := tx.Verdict().Append(ctx, decided("x")); err != nil {
			return err
		}
		// What is rolled back would have been signed, and its place signed again.
		for _, handle := range []*attestdb.TenantDB{h, tx} {
			_, err := handle.Verdict().Checkpoint(ctx, key, "")
			require.ErrorIs(t, err, attestdb.ErrInvalid)
		}
		return nil
	}))
	made, err := h.Verdict().Checkpoint(t.Context(), key, "")
	require.NoError(t, err)
	require.Equal(t, int64(4), made.TreeSize)
	_, err = db.Tenancy().As("tester").Suspend(t.Context(), h.ID())
	require.NoError(t, err)
	_, err = h.Verdict().Checkpoint(t.Context(), key, "")
	require.ErrorIs(t, err, attestdb.ErrTenantSuspended)
	require.Len(t, allCheckpoints(t, h.Verdict()), 1)
}

func TestProofOfAnEntryStandsWithoutTheDatabase(t *testing.T) {
	t.Parallel()
	w := testdb.New(t)
	h := ledgerOf(t, openOn(t, w), 30)
	s := h.Verdict()
	_, err := s.Prove(t.Context(), 7, verdict.ProofRequest{})
	require.ErrorIs(t, err, attestdb.ErrNotFound, "there is no checkpoint")
	key, next := signingKey(t, ledger.Origin(h.ID())), signingKey(t, ledger.Origin(h.ID()))
	_, err = s.Checkpoint(t.Context(), key, "")
	require.NoError(t, err)
	_, err = s.Prove(t.Context(), 30, verdict.ProofRequest{})
	require.ErrorIs(t, err, attestdb.ErrNotFound)
	wanted := decided("the one")
	wanted.TimeVerified = time.Now()
	appended, err := s.Append(t.Context(), wanted)
	require.NoError(t, err)
	growLedger(t, h, 600)
	_, err = s.Checkpoint(t.Context(), next, "")
	require.NoError(t, err)

	proof, err := s.Prove(t.Context(), appended.Seq, verdict.ProofRequest{From: 30})
	require.NoError(t, err)
	raw, err := proof.Encode()
	require.NoError(t, err)
	proven, err := ledger.VerifyProof(raw, verifierOf(t, next), verifierOf(t, key))
	require.NoError(t, err)
	require.Equal(t, appended.Entry, proven.Entry)
	require.Equal(t, int64(600), proven.Checkpoint.TreeSize)
	require.Equal(t, int64(30), proven.Since.TreeSize)
	_, err = ledger.VerifyProof(raw, verifierOf(t, next))
	require.ErrorIs(t, err, attestdb.ErrVerification, "the older one's key is not trusted")

	older, err := s.Prove(t.Context(), 29, verdict.ProofRequest{Size: 30})
	require.NoError(t, err)
	require.Equal(t, int64(30), older.TreeSize)
	_, err = s.Prove(t.Context(), 29, verdict.ProofRequest{Size: 31})
	require.ErrorIs(t, err, attestdb.ErrNotFound)
	_, err = s.Prove(t.Context(), 29, verdict.ProofRequest{From: 31})
	require.ErrorIs(t, err, attestdb.ErrNotFound)
	_, err = s.Prove(t.Context(), 29, verdict.ProofRequest{Size: 30, From: 600})
	require.ErrorIs(t, err, attestdb.ErrInvalid)
	_, err = s.Prove(t.Context(), -1, verdict.ProofRequest{})
	require.ErrorIs(t, err, attestdb.ErrInvalid)

	super := w.Conn(t, "superuser")
	for _, c := range []struct {
		statement string
		problem   ledger.Problem
	}{
		{"UPDATE verdict.ledger_entries SET reason = 'other' WHERE seq = 29", ledger.ProblemHash},
		{"UPDATE verdict.ledger_entries e SET leaf_hash = verdict.leaf_hash(e) WHERE seq = 29", ledger.ProblemInclusion},
		// With its nodes it makes a proof, which leads to another root hash than was signed.
		{`UPDATE verdict.ledger_nodes n SET hash = verdict.node((SELECT array_agg(e.leaf_hash ORDER BY e.seq)
		    FROM verdict.ledger_entries e WHERE e.tenant_id = n.tenant_id AND e.seq BETWEEN 16 AND 31)) WHERE level = 1 AND index = 1`, ledger.ProblemInclusion},
		{`UPDATE verdict.ledger_nodes n SET hash = verdict.node((SELECT array_agg(m.hash ORDER BY m.index)
		    FROM verdict.ledger_nodes m WHERE m.tenant_id = n.tenant_id AND m.level = 1 AND m.index < 16)) WHERE level = 2 AND index = 0`, ledger.ProblemInclusion},
		{"DELETE FROM verdict.ledger_entries WHERE seq > 400", ledger.ProblemCheckpoint},
	} {
		for _, q := range []string{"SET session_replication_role = replica", c.statement} {
			_, err := super.Exec(t.Context(), q)
			require.NoError(t, err)
		}
		_, err = s.Prove(t.Context(), 29, verdict.ProofRequest{})
		var wrong *ledger.ProofError
		require.ErrorAs(t, err, &wrong)
		require.Equal(t, c.problem, wrong.Problem, err)
		require.NotContains(t, err.Error(), "\n")
	}
}
