package tests

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/testdb"
)

// What docs/ledger-format.md has a shell do ends as the page says, and hashes that were
// handed out stay right in Go and SQL.
func TestLedgerDocumentIsRight(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../domain/ledger/testdata/vectors.json")
	require.NoError(t, err)
	var vectors []struct {
		Name           string        `json:"name"`
		Leaf           string        `json:"leaf"`
		LeafHash       digest.SHA256 `json:"leaf_hash"`
		DecisionDigest digest.SHA256 `json:"decision_digest"`
	}
	require.NoError(t, json.Unmarshal(raw, &vectors))
	require.Len(t, vectors, 3)
	conn := testdb.New(t).Conn(t, "auditor")
	page, err := os.ReadFile("../docs/ledger-format.md")
	require.NoError(t, err)
	for i, v := range vectors {
		leaf, err := hex.DecodeString(v.Leaf)
		require.NoError(t, err)
		e, err := ledger.Decode(leaf)
		require.NoError(t, err, v.Name)
		require.EqualValues(t, i, e.Seq)
		require.Equal(t, v.LeafHash, e.LeafHash)
		require.Equal(t, v.DecisionDigest, e.DecisionDigest)
		requireSameLeaf(t, conn, &e)
		require.Contains(t, string(page), v.Leaf)
	}
	for _, tool := range []string{"sh", "sha256sum", "xxd"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no %s here", tool)
		}
	}
	var script, want strings.Builder
	for _, block := range regexp.MustCompile("(?s)```(sh|text)\n(.*?)```").FindAllSubmatch(page, -1) {
		if string(block[1]) == "sh" {
			script.Write(block[2])
		} else {
			want.Write(block[2])
		}
	}
	got, err := exec.Command("sh", "-euc", script.String()).Output()
	require.NoError(t, err)
	require.Equal(t, want.String(), string(got))
	for _, v := range vectors {
		require.Contains(t, string(got), v.LeafHash.String())
	}
}

// A newer library adds a column as a new tag: old entries keep their hashes, a library that
// does not know the column says that it cannot tell, and what is put into it on an old
// entry is found by one that does.
func TestNewColumnIsANewTag(t *testing.T) {
	t.Parallel()
	w := newLedger(t)
	for _, text := range []string{"a", "b", "c"} {
		_, err := w.acme.Verdict().Append(t.Context(), decided(text))
		require.NoError(t, err)
	}
	wrong := func() (n int) {
		t.Helper()
		require.NoError(t, w.super.QueryRow(t.Context(), "SELECT count(*) FROM verdict.ledger_entries e WHERE leaf_hash <> verdict.leaf_hash(e)").Scan(&n))
		return n
	}
	_, err := w.super.Exec(t.Context(), `ALTER TABLE verdict.ledger_entries ADD COLUMN environment text;
		CREATE OR REPLACE FUNCTION verdict.leaf_hash(e verdict.ledger_entries) RETURNS bytea LANGUAGE sql STABLE
		RETURN verdict.leaf_hash(verdict.leaf(e) || verdict.text_field(17, e.environment))`)
	require.NoError(t, err)
	require.Zero(t, wrong(), "leaves without the field are what they were")
	_, err = w.acme.Verdict().Verify(t.Context(), verdict.VerifyRequest{})
	var schema *attestdb.SchemaError
	require.ErrorAs(t, err, &schema)
	require.Contains(t, schema.Error(), "ledger_entries.environment")
	_, err = w.super.Exec(t.Context(), "SET session_replication_role = replica; UPDATE verdict.ledger_entries SET environment = 'prod' WHERE seq = 2")
	require.NoError(t, err)
	require.Equal(t, 1, wrong())

	// In a leaf that is shown, too.
	e := decodable(t)
	newer := append(e.AppendLeaf(nil), 0, 17, 0, 0, 0, 4, 'p', 'r', 'o', 'd')
	_, err = ledger.Decode(newer)
	var unknown *ledger.UnknownFieldError
	require.ErrorAs(t, err, &unknown)
	require.EqualValues(t, 17, unknown.Tag)
}

// decodable is an entry that may be.
func decodable(t *testing.T) ledger.Entry {
	t.Helper()
	w := newLedger(t)
	got, err := w.acme.Verdict().Append(t.Context(), decided("a"))
	require.NoError(t, err)
	return got.Entry
}
