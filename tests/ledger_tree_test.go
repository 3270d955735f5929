package tests

import (
	"fmt"
	"math"
	"math/bits"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/testdb"
)

// ledgerOf makes a tenant with a ledger of so many entries.
func ledgerOf(t testing.TB, db *attestdb.DB, size int64) *attestdb.TenantDB {
	t.Helper()
	made, _, err := db.Tenancy().As("tester").Create(t.Context(), "acme")
	require.NoError(t, err)
	h := db.Tenant(made.ID).As("tester")
	growLedger(t, h, size)
	return h
}

// growLedger appends until the ledger has so many entries.
func growLedger(t testing.TB, h *attestdb.TenantDB, size int64) {
	t.Helper()
	have, err := h.Verdict().Size(t.Context())
	require.NoError(t, err)
	for have < size {
		batch := make([]verdict.Decision, min(size-have, 2000))
		for i := range batch {
			batch[i] = verdict.Decision{
				Subject: verdict.Subject{Digest: digest.Sum(fmt.Append(nil, have, i)).Digest()}, Result: verdict.Warn,
				Policy: verdict.Policy{URI: "https://policies.example/p"}, Reason: fmt.Sprint(i),
			}
		}
		_, err := h.Verdict().AppendBatch(t.Context(), batch)
		require.NoError(t, err)
		have += int64(len(batch))
	}
}

// hashesInMemory are the stored leaf hashes with all that tlog computes over them.
func hashesInMemory(t testing.TB, w *testdb.DB, id attestdb.TenantID) (leaves []tlog.Hash, r tlog.HashReader) {
	t.Helper()
	conn := w.Conn(t, "auditor")
	rows, err := conn.Query(t.Context(), "SELECT leaf_hash FROM verdict.ledger_entries WHERE tenant_id = $1 ORDER BY seq", id)
	require.NoError(t, err)
	raw, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	require.NoError(t, err)
	var stored []tlog.Hash
	r = tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, x := range indexes {
			hashes[i] = stored[x]
		}
		return hashes, nil
	})
	for i, hash := range raw {
		leaves = append(leaves, tlog.Hash(hash))
		more, err := tlog.StoredHashesForRecordHash(int64(i), leaves[i], r)
		require.NoError(t, err)
		stored = append(stored, more...)
	}
	return leaves, r
}

// What is proved from the stored nodes is what tlog proves from the leaves alone, and
// what the database says itself.
func TestLedgerProofsAreThoseOfTheLeaves(t *testing.T) {
	t.Parallel()
	w := testdb.New(t)
	const size = 4500
	h := ledgerOf(t, openOn(t, w), size)
	leaves, memory := hashesInMemory(t, w, h.ID())
	auditor := w.Conn(t, "auditor")
	check := func(t require.TestingT, ctx testing.TB, to, from, seq int64) {
		root, err := h.Verdict().Root(ctx.Context(), to)
		require.NoError(t, err)
		want, err := tlog.TreeHash(to, memory)
		require.NoError(t, err)
		require.Equal(t, digest.SHA256(want), root)
		var said []byte
		require.NoError(t, auditor.QueryRow(ctx.Context(), "SELECT verdict.tree_root($1, $2)", h.ID(), to).Scan(&said))
		require.Equal(t, root[:], said)

		inclusion, err := h.Verdict().ProveInclusion(ctx.Context(), seq, to)
		require.NoError(t, err)
		record, err := tlog.ProveRecord(to, seq, memory)
		require.NoError(t, err)
		require.Equal(t, ledger.InclusionProof{
			LeafIndex: seq, TreeSize: to, LeafHash: digest.SHA256(leaves[seq]), RootHash: root, Hashes: asSums(record),
		}, inclusion)

		consistency, err := h.Verdict().ProveConsistency(ctx.Context(), from, to)
		require.NoError(t, err)
		old, err := tlog.TreeHash(from, memory)
		require.NoError(t, err)
		tree := tlog.TreeProof{}
		if from > 0 {
			tree, err = tlog.ProveTree(to, from, memory)
			require.NoError(t, err)
		}
		require.Equal(t, ledger.ConsistencyProof{
			From: from, To: to, FromRoot: digest.SHA256(old), ToRoot: root, Hashes: asSums(tree),
		}, consistency)
	}
	for _, to := range []int64{1, 2, 15, 16, 17, 255, 256, 257, 4095, 4096, 4097, size} {
		for _, seq := range []int64{0, to / 2, to - 1} {
			check(t, t, to, seq, seq)
		}
		check(t, t, to, to, 0)
	}
	rapid.Check(t, func(r *rapid.T) {
		to := rapid.Int64Range(1, size).Draw(r, "to")
		check(r, t, to, rapid.Int64Range(0, to).Draw(r, "from"), rapid.Int64Range(0, to-1).Draw(r, "seq"))
	})
}

func asSums(list []tlog.Hash) []digest.SHA256 {
	hashes := make([]digest.SHA256, len(list))
	for i, h := range list {
		hashes[i] = digest.SHA256(h)
	}
	return hashes
}

// rowsRead is how many rows of the tables a call reads.
func rowsRead(t *testing.T, db *attestdb.DB, pool *pgxpool.Pool, id attestdb.TenantID, call func(*verdict.Store) error) (entries, nodes int64) {
	t.Helper()
	tx := begin(t, pool)
	h, err := db.TenantTx(t.Context(), tx, id)
	require.NoError(t, err)
	const counts = `SELECT coalesce(sum(seq_tup_read + idx_tup_fetch) FILTER (WHERE relname = 'ledger_entries'), 0),
		coalesce(sum(seq_tup_read + idx_tup_fetch) FILTER (WHERE relname = 'ledger_nodes'), 0)
		FROM pg_stat_xact_user_tables WHERE schemaname = 'verdict'`
	var before [2]int64 // of earlier transactions, which the server has not reported yet
	require.NoError(t, tx.QueryRow(t.Context(), counts).Scan(&before[0], &before[1]))
	require.NoError(t, call(h.Verdict()))
	require.NoError(t, tx.QueryRow(t.Context(), counts).Scan(&entries, &nodes))
	require.NoError(t, tx.Rollback(t.Context()))
	return entries - before[0], nodes - before[1]
}

// A proof reads two tiles of each level at most, which are 32 rows, at whatever size.
func TestLedgerProofsReadFewRows(t *testing.T) {
	t.Parallel()
	w := testdb.New(t)
	db, pool := openOnPool(t, w, nil)
	const size = 70_000
	h := ledgerOf(t, db, size)
	super := w.Conn(t, "superuser")
	_, err := super.Exec(t.Context(), "ANALYZE verdict.ledger_entries, verdict.ledger_nodes")
	require.NoError(t, err)
	few := func(size int64, what string, call func(*verdict.Store) error) {
		entries, nodes := rowsRead(t, db, pool, h.ID(), call)
		levels := int64(max(bits.Len64(uint64(size))-1, 0) / 4)
		require.LessOrEqual(t, entries, int64(32), "%s at %d", what, size)
		require.LessOrEqual(t, nodes, 32*levels, "%s at %d", what, size)
		require.Positive(t, entries+nodes, "%s at %d", what, size)
	}
	for _, size := range []int64{1, 15, 16, 17, 31, 32, 33, 255, 256, 257, 4095, 4096, 4097, 65535, 65536, 65537, size} {
		for _, seq := range []int64{0, size / 3, size / 2, size - 1} {
			few(size, fmt.Sprint("inclusion of ", seq), func(s *verdict.Store) error {
				_, err := s.ProveInclusion(t.Context(), seq, size)
				return err
			})
			few(size, fmt.Sprint("consistency from ", seq), func(s *verdict.Store) error {
				_, err := s.ProveConsistency(t.Context(), seq, size)
				return err
			})
		}
		few(size, "root", func(s *verdict.Store) error {
			_, err := s.Root(t.Context(), size)
			return err
		})
	}
}

func TestLedgerProofsRefuse(t *testing.T) {
	t.Parallel()
	w := testdb.New(t)
	h := ledgerOf(t, openOn(t, w), 300)
	s := h.Verdict()
	refused := func(field string, err error) {
		t.Helper()
		var invalid *attestdb.InvalidError
		require.ErrorAs(t, err, &invalid)
		require.Equal(t, field, invalid.Field)
	}
	_, err := s.Root(t.Context(), -1)
	refused("size", err)
	_, err = s.Root(t.Context(), 301)
	refused("size", err)
	_, err = s.Root(t.Context(), math.MaxInt64)
	refused("size", err)
	_, err = s.ProveInclusion(t.Context(), 300, 300)
	refused("seq", err)
	_, err = s.ProveInclusion(t.Context(), -1, 300)
	refused("seq", err)
	_, err = s.ProveInclusion(t.Context(), 7, 512)
	refused("size", err)
	_, err = s.ProveConsistency(t.Context(), 8, 7)
	refused("from", err)
	_, err = s.ProveConsistency(t.Context(), 8, 512)
	refused("size", err)
	empty, err := s.Root(t.Context(), 0)
	require.NoError(t, err)
	require.Equal(t, digest.Sum(nil), empty)

	// Of what somebody changed, or took away, there is no proof.
	super := w.Conn(t, "superuser")
	change := func(statement string) {
		t.Helper()
		for _, q := range []string{"SET session_replication_role = replica", statement} {
			_, err := super.Exec(t.Context(), q)
			require.NoError(t, err)
		}
	}
	var proof *ledger.ProofError
	change("UPDATE verdict.ledger_nodes SET hash = sha256(hash) WHERE level = 1 AND index = 3")
	_, err = s.ProveInclusion(t.Context(), 33, 300)
	require.ErrorAs(t, err, &proof)
	require.Equal(t, ledger.ProblemInclusion, proof.Problem)
	_, err = s.ProveConsistency(t.Context(), 48, 300)
	require.ErrorAs(t, err, &proof)
	require.Equal(t, ledger.ProblemConsistency, proof.Problem)
	change("DELETE FROM verdict.ledger_nodes WHERE level = 1 AND index = 3")
	_, err = s.ProveInclusion(t.Context(), 33, 300)
	require.ErrorAs(t, err, &proof)
	require.Equal(t, ledger.ProblemMissing, proof.Problem)
	require.Contains(t, proof.Detail, "hash 3 of level 1")
	require.ErrorIs(t, err, attestdb.ErrVerification)
	change("ALTER TABLE verdict.ledger_entries DROP CONSTRAINT ledger_entries_leaf_hash_length")
	change("UPDATE verdict.ledger_entries SET leaf_hash = '\\x00' WHERE seq = 299")
	_, err = s.Root(t.Context(), 300)
	require.ErrorAs(t, err, &proof)
	require.Equal(t, ledger.ProblemMissing, proof.Problem)
}
