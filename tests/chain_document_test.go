package tests

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/proofchain"
	"stella-ops.org/attestdb/internal/testdb"
)

// What docs/proof-chain.md has a shell do ends as the page says.
func TestProofChainDocumentIsRight(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"sh", "sha256sum", "xxd"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no %s here", tool)
		}
	}
	page, err := os.ReadFile("../docs/proof-chain.md")
	require.NoError(t, err)
	var script, want strings.Builder
	for _, block := range regexp.MustCompile("(?s)```(sh|text)\n(.*?)```").FindAllSubmatch(page, -1) {
		if string(block[1]) == "sh" {
			script.Write(block[2])
		} else {
			want.Write(block[2])
		}
	}
	require.Greater(t, strings.Count(want.String(), "\n"), 8)
	got, err := exec.Command("sh", "-euc", script.String()).Output()
	require.NoError(t, err)
	require.Equal(t, want.String(), string(got))
	for _, v := range vectors(t) {
		require.Contains(t, string(got), strings.TrimPrefix(v.Root, "sha256:"), "the page has the vector %q", v.Name)
	}
}

type vector struct {
	Name          string        `json:"name"`
	Subject       digest.Digest `json:"subject"`
	PolicyVersion string        `json:"policy_version"`
	Supersedes    *string       `json:"supersedes"`
	Segments      []struct {
		Kind   proofchain.Kind `json:"kind"`
		Digest string          `json:"digest"`
	} `json:"segments"`
	Leaves []string `json:"leaves"`
	Root   string   `json:"root"`
}

func vectors(t *testing.T) []vector {
	t.Helper()
	raw, err := os.ReadFile("../domain/proofchain/testdata/vectors.json")
	require.NoError(t, err)
	var all []vector
	require.NoError(t, json.Unmarshal(raw, &all))
	require.Len(t, all, 3)
	return all
}

// The vectors are frozen: roots that were handed out must stay right.
func TestRootsAreThoseOfTheVectors(t *testing.T) {
	t.Parallel()
	conn := testdb.New(t).Conn(t, "app")
	sum := func(s string) digest.SHA256 {
		d, err := digest.ParseSHA256(s)
		require.NoError(t, err)
		return d
	}
	for _, v := range vectors(t) {
		c := proofchain.Chain{Subject: v.Subject, PolicyVersion: v.PolicyVersion}
		if v.Supersedes != nil {
			c.Supersedes = new(sum(*v.Supersedes))
		}
		for _, s := range v.Segments {
			c.Segments = append(c.Segments, proofchain.Segment{Kind: s.Kind, Digest: sum(s.Digest)})
		}
		leaves, err := c.Leaves()
		require.NoError(t, err)
		require.Len(t, leaves, len(v.Leaves))
		for i, leaf := range leaves {
			require.Equal(t, v.Leaves[i]+"\n", string(leaf))
		}
		root, err := c.Root()
		require.NoError(t, err)
		require.Equal(t, sum(v.Root), root, v.Name)
		require.Equal(t, sum(v.Root), sqlRoot(t, conn, c), v.Name)
	}
}
