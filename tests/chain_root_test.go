package tests

import (
	"context"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/proofchain"
	"stella-ops.org/attestdb/internal/testdb"
)

// sqlRoot is the root as the database computes it.
func sqlRoot(t require.TestingT, conn *pgx.Conn, c proofchain.Chain) digest.SHA256 {
	var kinds []string
	var digests [][]byte
	for _, s := range c.Segments {
		kinds, digests = append(kinds, string(s.Kind)), append(digests, s.Digest[:])
	}
	var supersedes []byte
	if c.Supersedes != nil {
		supersedes = c.Supersedes[:]
	}
	var raw []byte
	err := conn.QueryRow(context.Background(), "SELECT attestor.chain_root($1, $2, $3, $4, $5, $6)",
		c.Subject.Algorithm(), c.Subject.Bytes(), c.PolicyVersion, supersedes, kinds, digests).Scan(&raw)
	require.NoError(t, err)
	var root digest.SHA256
	require.NoError(t, root.Scan(raw))
	return root
}

func randomChain(t *rapid.T) proofchain.Chain {
	sum := rapid.Custom(func(t *rapid.T) digest.SHA256 {
		return digest.SHA256(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "sum"))
	})
	subject := rapid.Custom(func(t *rapid.T) digest.Digest {
		algorithm := rapid.SampledFrom([]string{"sha256", "sha512", "sha1", "dirHash", "gitoid:sha256"}).Draw(t, "algorithm")
		size := map[string]int{"sha256": 32, "sha512": 64, "sha1": 20}[algorithm]
		raw := []byte(rapid.StringMatching(`[ -~\nñ]{1,60}`).Draw(t, "text"))
		if size > 0 {
			raw = rapid.SliceOfN(rapid.Byte(), size, size).Draw(t, "raw")
		}
		d, err := digest.FromBytes(algorithm, raw)
		require.NoError(t, err)
		return d
	})
	c := proofchain.Chain{
		Subject:       subject.Draw(t, "subject"),
		PolicyVersion: rapid.StringMatching(`[!-~]{1,128}`).Draw(t, "policy"),
	}
	if rapid.Bool().Draw(t, "supersedes") {
		c.Supersedes = new(sum.Draw(t, "superseded"))
	}
	c.Segments = rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) proofchain.Segment {
		return proofchain.Segment{Kind: rapid.SampledFrom(proofchain.Kinds).Draw(t, "kind"), Digest: sum.Draw(t, "digest")}
	}), 1, 70, rapid.ID).Draw(t, "segments")
	return c
}

// Go and SQL agree on every root: for random chains, for every number of leaves
// around the powers of two, and for the largest chain.
func TestGoAndSQLComputeTheSameRoot(t *testing.T) {
	t.Parallel()
	conn := testdb.New(t).Conn(t, "app")
	rapid.Check(t, func(t *rapid.T) {
		c := randomChain(t)
		root, err := c.Root()
		require.NoError(t, err)
		require.Equal(t, root, sqlRoot(t, conn, c))
	})

	c := proofchain.Chain{Subject: artifactDigest(t, "a"), PolicyVersion: "1"}
	for n := range proofchain.MaxSegments {
		c.Segments = append(c.Segments, proofchain.Segment{Kind: proofchain.Kinds[n%5], Digest: digest.Sum(fmt.Append(nil, n))})
		if n > 40 && n != proofchain.MaxSegments-1 {
			continue
		}
		for _, supersedes := range []*digest.SHA256{nil, {}} {
			c.Supersedes = supersedes
			root, err := c.Root()
			require.NoError(t, err)
			require.Equal(t, root, sqlRoot(t, conn, c), n)
		}
	}
}

// What a session sets does not change what is hashed.
func TestRootDoesNotDependOnTheSession(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	c := proofchain.Chain{
		Subject: artifactDigest(t, "a"), PolicyVersion: `a\n\\`, Supersedes: &digest.SHA256{0xff},
		Segments: []proofchain.Segment{{Kind: proofchain.SBOM}, {Kind: proofchain.VEX, Digest: digest.SHA256{0x80}}, {Kind: proofchain.VEX, Digest: digest.SHA256{0x7f}}},
	}
	root, err := c.Root()
	require.NoError(t, err)
	for _, setting := range []string{
		"standard_conforming_strings = off", "bytea_output = escape", "client_encoding = LATIN1", "search_path = pg_temp",
		"backslash_quote = off", "DateStyle = German", "TimeZone = 'Pacific/Kiritimati'", "array_nulls = off", "plan_cache_mode = force_generic_plan",
	} {
		conn := db.Conn(t, "app")
		_, err := conn.Exec(t.Context(), "SET "+setting)
		require.NoError(t, err)
		require.Equal(t, root, sqlRoot(t, conn, c), setting)
	}
}
