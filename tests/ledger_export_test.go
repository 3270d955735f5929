package tests

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/testdb"
)

func TestExportedLedgerVerifiesWithoutTheDatabase(t *testing.T) {
	t.Parallel()
	w := testdb.New(t)
	h := ledgerOf(t, openOn(t, w), 3)
	s := h.Verdict()
	dir := filepath.Join(t.TempDir(), "export")
	_, err := s.Export(t.Context(), dir, verdict.ExportRequest{})
	require.ErrorIs(t, err, attestdb.ErrNotFound, "there is no checkpoint")
	key := signingKey(t, ledger.Origin(h.ID()))
	verifiers := []note.Verifier{verifierOf(t, key)}
	_, err = s.Append(t.Context(), decided("with everything"))
	require.NoError(t, err)
	last := int64(0)
	for _, size := range []int64{4, 600, 600, 1300} {
		growLedger(t, h, size)
		signed, err := s.Checkpoint(t.Context(), key, "")
		require.NoError(t, err)
		first, done := int64(-1), int64(0)
		c, err := s.Export(t.Context(), dir, verdict.ExportRequest{Progress: func(d, total int64) {
			if first < 0 {
				first = d
			}
			require.Equal(t, size, total)
			done = d
		}})
		require.NoError(t, err)
		require.Equal(t, signed.Checkpoint, c)
		require.Equal(t, size, done)
		require.Greater(t, first, last/256*256-1, "it goes on where the last one ended")
		got, err := ledger.VerifyExport(t.Context(), dir, verifiers, nil)
		require.NoError(t, err)
		require.Equal(t, signed.Checkpoint.Checkpoint, got)
		last = size
	}
	_, err = s.Export(t.Context(), dir, verdict.ExportRequest{Size: 600})
	require.ErrorIs(t, err, attestdb.ErrInvalid, "the directory has a larger one")
	older := filepath.Join(dir, "..", "older")
	_, err = s.Export(t.Context(), older, verdict.ExportRequest{Size: 600})
	require.NoError(t, err)
	got, err := ledger.VerifyExport(t.Context(), older, verifiers, nil)
	require.NoError(t, err)
	require.Equal(t, int64(600), got.TreeSize)
	_, err = s.Export(t.Context(), older, verdict.ExportRequest{Size: 601})
	require.ErrorIs(t, err, attestdb.ErrNotFound)
}

// An export that ended early is gone on with, and until then is none.
func TestInterruptedExportGoesOn(t *testing.T) {
	t.Parallel()
	w := testdb.New(t)
	h := ledgerOf(t, openOn(t, w), 2000)
	key := signingKey(t, "k")
	_, err := h.Verdict().Checkpoint(t.Context(), key, "")
	require.NoError(t, err)
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	_, err = h.Verdict().Export(ctx, dir, verdict.ExportRequest{Progress: func(done, _ int64) {
		if done >= 1000 {
			cancel()
		}
	}})
	require.ErrorIs(t, err, context.Canceled)
	_, err = ledger.VerifyExport(t.Context(), dir, []note.Verifier{verifierOf(t, key)}, nil)
	require.ErrorIs(t, err, attestdb.ErrVerification)
	first := int64(-1)
	_, err = h.Verdict().Export(t.Context(), dir, verdict.ExportRequest{Progress: func(done, _ int64) {
		if first < 0 {
			first = done
		}
	}})
	require.NoError(t, err)
	require.Greater(t, first, int64(1000))
	_, err = ledger.VerifyExport(t.Context(), dir, []note.Verifier{verifierOf(t, key)}, nil)
	require.NoError(t, err)
}

// What somebody changed in the database is not exported, and not listed as if it were
// right.
func TestTamperedLedgerIsNotExported(t *testing.T) {
	t.Parallel()
	for statement, c := range map[string]struct {
		problem ledger.Problem
		seq     int64
	}{
		"UPDATE verdict.ledger_entries SET reason = 'other' WHERE seq = 300":                     {ledger.ProblemHash, 300},
		"UPDATE verdict.ledger_entries SET verifier = '' WHERE seq = 300":                        {ledger.ProblemHash, 300},
		"DELETE FROM verdict.ledger_entries WHERE seq = 300":                                     {ledger.ProblemMissing, 300},
		"DELETE FROM verdict.ledger_entries WHERE seq >= 256":                                    {ledger.ProblemMissing, 256},
		"UPDATE verdict.ledger_entries e SET leaf_hash = sha256('\\x00'::bytea) WHERE seq = 300": {ledger.ProblemHash, 300},
		"UPDATE verdict.ledger_checkpoints SET root_hash = sha256('\\x00'::bytea)":               {ledger.ProblemCheckpoint, -1},
		// An entry rewritten with its hash: the tree of the rest is another.
		"UPDATE verdict.ledger_entries e SET leaf_hash = verdict.leaf_hash(json_populate_record(e, '{\"reason\":\"y\"}')), reason = 'y' WHERE seq = 300": {ledger.ProblemRoot, -1},
	} {
		w := testdb.New(t)
		h := ledgerOf(t, openOn(t, w), 400)
		_, err := h.Verdict().Checkpoint(t.Context(), signingKey(t, "k"), "")
		require.NoError(t, err)
		statements := []string{
			"SET session_replication_role = replica", "ALTER TABLE verdict.ledger_checkpoints DROP CONSTRAINT ledger_checkpoints_note_says_so",
			"ALTER TABLE verdict.ledger_entries DROP CONSTRAINT ledger_entries_verifier_length", statement,
		}
		super := w.Conn(t, "superuser")
		for _, q := range statements {
			_, err := super.Exec(t.Context(), q)
			require.NoError(t, err)
		}
		dir := t.TempDir()
		_, err = h.Verdict().Export(t.Context(), dir, verdict.ExportRequest{})
		var wrong *ledger.ProofError
		require.ErrorAs(t, err, &wrong, statement)
		require.Equal(t, c.problem, wrong.Problem, "%s: %s", statement, err)
		require.Equal(t, c.seq, wrong.Seq, "%s: %s", statement, err)
		_, err = os.Stat(filepath.Join(dir, "checkpoint"))
		require.ErrorIs(t, err, os.ErrNotExist)
		if c.seq < 0 {
			continue
		}
		count := int64(0)
		for _, listed := range h.Verdict().Range(t.Context(), 0, 400) {
			if err = listed; err == nil {
				count++
			}
		}
		require.ErrorAs(t, err, &wrong, statement)
		require.Equal(t, c.seq, count)
	}
}

// What an entry bundle cannot take is no entry, whoever writes it.
func TestLeavesThatNoBundleTakesAreRefused(t *testing.T) {
	t.Parallel()
	w := testdb.New(t)
	h := ledgerOf(t, openOn(t, w), 1)
	d := decided("x")
	d.Reason = strings.Repeat("r", ledger.MaxReasonLength-(2+len("sbom")+32)-(2+len("envelope")+32))
	_, err := h.Verdict().Append(t.Context(), d)
	require.NoError(t, err)
	d.Reason += "r"
	_, err = h.Verdict().Append(t.Context(), d)
	var invalid *attestdb.InvalidError
	require.ErrorAs(t, err, &invalid)
	require.Equal(t, "reason", invalid.Field)
	super := w.Conn(t, "superuser")
	_, err = super.Exec(t.Context(), "SET session_replication_role = replica")
	require.NoError(t, err)
	_, err = super.Exec(t.Context(), "UPDATE verdict.ledger_entries SET reason = reason || 'r' WHERE seq = 1")
	var pg *pgconn.PgError
	require.ErrorAs(t, err, &pg)
	require.Equal(t, "ledger_entries_leaf_length", pg.ConstraintName)
}

func TestRangeOfALedger(t *testing.T) {
	t.Parallel()
	w := testdb.New(t)
	s := ledgerOf(t, openOn(t, w), 700).Verdict()
	for _, c := range [][2]int64{{0, 700}, {0, 0}, {700, 700}, {255, 257}, {699, 700}, {10, 600}} {
		next := c[0]
		for e, err := range s.Range(t.Context(), c[0], c[1]) {
			require.NoError(t, err)
			require.Equal(t, next, e.Seq)
			next++
		}
		require.Equal(t, c[1], next)
	}
	for _, c := range [][2]int64{{-1, 5}, {6, 5}} {
		for _, err := range s.Range(t.Context(), c[0], c[1]) {
			require.ErrorIs(t, err, attestdb.ErrInvalid)
		}
	}
	count := 0
	for _, err := range s.Range(t.Context(), 690, 710) {
		count++
		if err != nil {
			var wrong *ledger.ProofError
			require.ErrorAs(t, err, &wrong)
			require.Equal(t, int64(700), wrong.Seq)
		}
	}
	require.Equal(t, 11, count)
}
