package tests

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/proofchain"
	"stella-ops.org/attestdb/internal/testdb"
)

// The largest chain is assembled, superseded, verified and exported, and reads
// its contents in few round trips.
func TestLargestChain(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	pool, turns := countingPool(t, database.URL("app"))
	db, err := attestdb.Open(t.Context(), attestdb.Config{App: attestdb.Conn{Pool: pool}, Admin: attestdb.Conn{URL: database.URL("admin")}})
	require.NoError(t, err)
	acme := domaintest.Tenant(t, db, "acme")
	signer := domaintest.NewSigner(t)
	req := attestor.ChainRequest{Subject: artifactDigest(t, "a"), PolicyVersion: "1"}
	evidence := make([]*attestdb.Evidence, 5000)
	for i := range evidence {
		evidence[i] = attested(t, signer, "a", "https://example.com/any/v1", fmt.Appendf(nil, `{"n":%d}`, i)) // of whatever kind
		req.Segments = append(req.Segments,
			attestor.ChainSegment{Kind: proofchain.Kinds[i%2], Digest: evidence[i].SHA256},
			attestor.ChainSegment{Kind: proofchain.VEX, Content: fmt.Appendf(nil, `{"n":%d}`, i)})
	}
	_, err = acme.RecordAll(t.Context(), evidence)
	require.NoError(t, err)

	began := time.Now()
	lap := func(what string) {
		t.Logf("%s: %v", what, time.Since(began).Round(time.Millisecond))
		began = time.Now()
	}
	for _, version := range []string{"1", "2"} {
		req.PolicyVersion = version
		a, err := acme.AssembleChain(t.Context(), req)
		require.NoError(t, err)
		require.False(t, a.Existed)
		lap("assemble")
	}
	again, err := acme.AssembleChain(t.Context(), req)
	require.NoError(t, err)
	require.True(t, again.Existed)
	lap("assemble again")
	before := turns.Load()
	v, err := acme.Attestor().VerifyChain(t.Context(), again.ID, nil)
	require.NoError(t, err)
	require.Empty(t, v.Findings)
	require.LessOrEqual(t, turns.Load()-before, int64(2*(1+10)), "1,000 contents go together")
	lap("verify")
	var file bytes.Buffer
	require.NoError(t, acme.Attestor().ExportChain(t.Context(), again.ID, &file))
	lap("export")
	read, err := attestor.VerifyChainFile(file.Bytes())
	require.NoError(t, err)
	require.Empty(t, read.Findings)
	lap("verify the file")

	req.Segments = append(req.Segments, attestor.ChainSegment{Kind: proofchain.VEX, Content: []byte(`{}`)})
	_, err = acme.AssembleChain(t.Context(), req)
	require.ErrorIs(t, err, attestdb.ErrInvalid)
}
