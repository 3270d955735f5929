package tests

import (
	"context"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/proofchain"
	"stella-ops.org/attestdb/domain/rekor"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/testdb"
)

// turnConn counts how often its side speaks after it has listened: the round
// trips, whatever they consist of.
type turnConn struct {
	net.Conn
	spoke *atomic.Bool
	turns *atomic.Int64
}

func (c turnConn) Write(b []byte) (int, error) {
	if !c.spoke.Swap(true) {
		c.turns.Add(1)
	}
	return c.Conn.Write(b)
}

func (c turnConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 {
		c.spoke.Store(false)
	}
	return n, err
}

// countingPool returns a pool of one connection and what counts its turns.
func countingPool(t testing.TB, url string) (*pgxpool.Pool, *atomic.Int64) {
	t.Helper()
	cfg, err := pgxpool.ParseConfig(url)
	require.NoError(t, err)
	cfg.MaxConns = 1
	turns := &atomic.Int64{}
	dial := cfg.ConnConfig.DialFunc
	cfg.ConnConfig.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		return turnConn{conn, &atomic.Bool{}, turns}, err
	}
	pool, err := pgxpool.NewWithConfig(context.Background(), cfg)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	return pool, turns
}

// chainOf asks for a chain about an artifact's verified record.
func chainOf(t testing.TB, n string, sum digest.SHA256) attestor.ChainRequest {
	t.Helper()
	return attestor.ChainRequest{Subject: artifactDigest(t, n+"v"), PolicyVersion: "1", Segments: []attestor.ChainSegment{
		{Kind: proofchain.Evidence, Digest: sum}, {Kind: proofchain.VEX, Content: []byte("{}")},
	}}
}

func TestRecordAndReadByKeyTakeOneRoundTrip(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	pool, turns := countingPool(t, database.URL("app"))
	db, err := attestdb.Open(t.Context(), attestdb.Config{
		App: attestdb.Conn{Pool: pool}, Admin: attestdb.Conn{URL: database.URL("admin")},
	})
	require.NoError(t, err)
	acme := domaintest.Tenant(t, db, "acme")
	signer := domaintest.NewSigner(t)
	verify := attestdb.Verify(signer.Verifier(t))
	log := domaintest.NewLog(t, 1)
	logs := logVerifier(t, log.TrustedRoot(t))
	var rec attestor.Recorded
	var chain uuid.UUID
	var entry rekor.Stored
	decided, err := acme.Verdict().Append(t.Context(), decided("a"))
	require.NoError(t, err)
	record := func(artifact string, opts ...attestdb.RecordOption) error {
		var err error
		rec, err = acme.Record(t.Context(), signer.Evidence(t, artifact, []byte(artifact)), opts...)
		return err
	}
	for round, n := range []string{"warm", "counted"} {
		for _, call := range []struct {
			name  string
			turns int64
			call  func() error
		}{
			{"Record", 1, func() error { return record(n) }},
			{"Record, verified", 1, func() error { return record(n+"v", verify) }},
			{"Record again", 1, func() error { return record(n + "v") }},
			{"Content", 1, func() error {
				_, err := acme.Attestor().Content(t.Context(), rec.ID)
				return err
			}},
			{"Get", 1, func() error {
				_, err := acme.Attestor().Get(t.Context(), rec.ID)
				return err
			}},
			{"IDBySHA256", 1, func() error {
				_, err := acme.Attestor().IDBySHA256(t.Context(), rec.SHA256)
				return err
			}},
			{"Find", 1, func() error {
				_, _, err := acme.Attestor().Find(t.Context(), attestor.Query{Subject: artifactDigest(t, n)}, page.Request{})
				return err
			}},
			{"AssembleChain", 1, func() error {
				_, err := acme.AssembleChain(t.Context(), chainOf(t, n, rec.SHA256))
				return err
			}},
			{"CurrentChain", 1, func() error {
				d, err := acme.Attestor().CurrentChain(t.Context(), artifactDigest(t, n+"v"))
				chain = d.ID
				return err
			}},
			{"Chain", 1, func() error {
				_, err := acme.Attestor().Chain(t.Context(), chain)
				return err
			}},
			{"VerifyChain", 2, func() error {
				_, err := acme.Attestor().VerifyChain(t.Context(), chain, nil)
				return err
			}},
			{"Record a bundle with a log entry", 1, func() error {
				var err error
				rec, err = acme.Record(t.Context(), loggedBundle(t, log, n))
				return err
			}},
			{"Rekor, Entries", 1, func() error {
				entries, err := acme.Rekor().Entries(t.Context(), rec.ID)
				require.Len(t, entries, 1)
				entry = entries[0]
				return err
			}},
			{"Rekor, Get", 1, func() error {
				_, err := acme.Rekor().Get(t.Context(), entry.ID)
				return err
			}},
			{"Rekor, Find", 1, func() error {
				_, _, err := acme.Rekor().Find(t.Context(), rekor.Query{UUID: entry.Entry.UUID()}, page.Request{})
				return err
			}},
			{"VerifyEntry", 2, func() error {
				v, err := acme.VerifyEntry(t.Context(), logs, entry.ID)
				require.Nil(t, v.Failure)
				return err
			}},
			{"RecordAll", 1, func() error {
				_, err := acme.RecordAll(t.Context(), []*attestor.Evidence{loggedBundle(t, log, n+"1"), loggedBundle(t, log, n+"2")})
				return err
			}},
			{"Verdict, Get", 1, func() error {
				_, err := acme.Verdict().Get(t.Context(), 0)
				return err
			}},
			{"Verdict, Find", 1, func() error {
				_, _, err := acme.Verdict().Find(t.Context(), verdict.ByTime(rec.CreatedAt, time.Time{}), page.Request{})
				return err
			}},
			{"Verdict, Current", 1, func() error {
				_, err := acme.Verdict().Current(t.Context(), verdict.Key{Subject: decided.Subject.Digest, PolicyURI: decided.Policy.URI})
				return err
			}},
			{"Verdict, Payload", 1, func() error {
				_, err := acme.Verdict().Payload(t.Context(), decided.Seq)
				return err
			}},
			{"TenantByName", 1, func() error {
				_, err := db.TenantByName(t.Context(), "acme")
				return err
			}},
			{"Record in a transaction", 3, func() error {
				return acme.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error {
					_, err := tx.Record(ctx, signer.Evidence(t, n+"t", []byte(n)))
					return err
				})
			}},
		} {
			before := turns.Load()
			require.NoError(t, call.call(), call.name)
			if round > 0 { // the first time, statements are prepared
				require.Equal(t, call.turns, turns.Load()-before, call.name)
			}
		}
	}
}
