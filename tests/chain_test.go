package tests

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/proofchain"
	"stella-ops.org/attestdb/internal/testdb"
)

// chainWorld is a tenant with evidence to make chains of, about artifact "a": an SBOM and
// two of provenance.
type chainWorld struct {
	*testdb.DB
	db       *attestdb.DB
	acme     *attestdb.TenantDB
	signer   *domaintest.Signer
	evidence []digest.SHA256
	about    digest.Digest
}

func newChainWorld(t *testing.T) *chainWorld {
	t.Helper()
	w := &chainWorld{DB: testdb.New(t), signer: domaintest.NewSigner(t), about: artifactDigest(t, "a")}
	w.db, w.acme = openTapped(t, w.DB, nil)
	rec, err := w.acme.Record(t.Context(), attested(t, w.signer, "a", attestor.PredicateTypeCycloneDX, wordySBOM(t, "evidence 0")))
	require.NoError(t, err)
	w.evidence = append(w.evidence, rec.SHA256)
	for n := range 2 {
		w.evidence = append(w.evidence, w.record(t, fmt.Sprint("evidence ", n+1), "a"))
	}
	return w
}

func (w *chainWorld) record(t *testing.T, name, artifact string) digest.SHA256 {
	t.Helper()
	rec, err := w.acme.Record(t.Context(), w.signer.Evidence(t, name, []byte(artifact)))
	require.NoError(t, err)
	return rec.SHA256
}

// request is about "a": an SBOM, two pieces of evidence, reasoning, VEX, verdict.
func (w *chainWorld) request() attestor.ChainRequest {
	return attestor.ChainRequest{Subject: w.about, PolicyVersion: "2026-11", Segments: []attestor.ChainSegment{
		{Kind: proofchain.Verdict, Content: []byte(`{"result": "pass"}`)},
		{Kind: proofchain.Evidence, Digest: w.evidence[1]},
		{Kind: proofchain.VEX, Content: []byte(`{"status":"not_affected", "id": 7}`)},
		{Kind: proofchain.SBOM, Digest: w.evidence[0]},
		{Kind: proofchain.Evidence, Digest: w.evidence[2]},
		{Kind: proofchain.Reasoning, Content: []byte(`{"because":"of this"}`)},
		{Kind: proofchain.Reasoning, Digest: w.evidence[0]},
	}}
}

func (w *chainWorld) assemble(t *testing.T, req attestor.ChainRequest) attestor.AssembledChain {
	t.Helper()
	a, err := w.acme.AssembleChain(t.Context(), req)
	require.NoError(t, err)
	return a
}

func TestChainIsAssembledShownAndVerified(t *testing.T) {
	t.Parallel()
	w := newChainWorld(t)
	req := w.request()
	a := w.assemble(t, req)
	require.False(t, a.Existed)
	require.Equal(t, 1, a.Revision)
	require.Nil(t, a.Supersedes)

	d, err := w.acme.Attestor().Chain(t.Context(), a.ID)
	require.NoError(t, err)
	require.Equal(t, a.Root, d.Root)
	require.Equal(t, a.CreatedAt, d.CreatedAt)
	require.Equal(t, req.Subject, d.Subject)
	require.Equal(t, req.PolicyVersion, d.PolicyVersion)
	require.Equal(t, domaintest.Actor, d.AssembledBy)
	require.True(t, d.Current())
	require.Equal(t, len(req.Segments), d.SegmentCount)
	chain := proofchain.Chain{Subject: req.Subject, PolicyVersion: req.PolicyVersion}
	for i, s := range d.Segments {
		require.Equal(t, i, s.Position)
		require.NotZero(t, s.Size)
		document := s.Kind == proofchain.VEX || s.Kind == proofchain.Verdict || s.Digest == digest.Sum([]byte(`{"because":"of this"}`))
		require.Equal(t, document, s.EnvelopeID == uuid.Nil)
		chain.Segments = append(chain.Segments, proofchain.Segment{Kind: s.Kind, Digest: s.Digest})
	}
	require.Equal(t, chain.Sorted(), chain.Segments)
	require.Contains(t, chain.Segments, proofchain.Segment{Kind: proofchain.VEX, Digest: digest.Sum([]byte(`{"id":7,"status":"not_affected"}`))})
	root, err := chain.Root()
	require.NoError(t, err)
	require.Equal(t, root, a.Root)

	byRoot, err := w.acme.Attestor().ChainByRoot(t.Context(), a.Root)
	require.NoError(t, err)
	require.Equal(t, d, byRoot)
	current, err := w.acme.Attestor().CurrentChain(t.Context(), w.about)
	require.NoError(t, err)
	require.Equal(t, d, current)

	var steps []int
	v, err := w.acme.Attestor().VerifyChain(t.Context(), a.ID, func(done, total int) {
		require.Equal(t, len(req.Segments), total)
		steps = append(steps, done)
	})
	require.NoError(t, err)
	require.Empty(t, v.Findings)
	require.Equal(t, 4, v.About, "three documents say of nothing that they are about it")
	require.Equal(t, d.ProofChain, v.ProofChain)
	require.Equal(t, []int{1, 2, 3, 4, 5, 6, 7}, steps)

	for _, err := range []error{
		second(w.acme.Attestor().Chain(t.Context(), uuid.New())),
		second(w.acme.Attestor().ChainByRoot(t.Context(), digest.SHA256{1})),
		second(w.acme.Attestor().CurrentChain(t.Context(), artifactDigest(t, "b"))),
		second(w.acme.Attestor().VerifyChain(t.Context(), uuid.New(), nil)),
		w.acme.Attestor().ExportChain(t.Context(), uuid.New(), io.Discard),
	} {
		require.ErrorIs(t, err, attestdb.ErrNotFound)
	}
	globex := domaintest.Tenant(t, w.db, "globex")
	_, err = globex.Attestor().Chain(t.Context(), a.ID)
	require.ErrorIs(t, err, attestdb.ErrNotFound)
	_, err = globex.Attestor().ChainByRoot(t.Context(), a.Root)
	require.ErrorIs(t, err, attestdb.ErrNotFound)
}

func second[T any](_ T, err error) error { return err }

func TestSupersedingKeepsTheHistory(t *testing.T) {
	t.Parallel()
	w := newChainWorld(t)
	store := w.acme.Attestor()
	var made []attestor.AssembledChain
	for n := range 5 {
		req := w.request()
		req.PolicyVersion = fmt.Sprint("v", n%2) // the same again is another chain, once something came between
		a := w.assemble(t, req)
		require.False(t, a.Existed)
		require.Equal(t, n+1, a.Revision)
		if n > 0 {
			require.Equal(t, made[n-1].ID, a.SupersedesID)
			require.Equal(t, made[n-1].Root, *a.Supersedes)
			require.True(t, a.CreatedAt.After(made[n-1].CreatedAt))
		}
		slices.Reverse(req.Segments)
		again := w.assemble(t, req)
		require.True(t, again.Existed)
		again.Existed = false
		require.Equal(t, a, again)
		made = append(made, a)
	}
	require.Equal(t, 5, countRows(t, w.DB, "proof_chains"))

	var history []attestor.ProofChain
	for p := (page.Request{Limit: 2}); ; {
		chains, next, err := store.ChainHistory(t.Context(), w.about, p)
		require.NoError(t, err)
		history = append(history, chains...)
		if p.Cursor = next; next == "" {
			break
		}
	}
	require.Len(t, history, 5)
	for i, c := range history {
		a := made[4-i]
		require.Equal(t, a.ID, c.ID)
		require.Equal(t, a.Root, c.Root)
		require.Equal(t, i == 0, c.Current())
		if i > 0 {
			require.Equal(t, made[5-i].ID, c.SupersededBy)
		}
		v, err := store.VerifyChain(t.Context(), c.ID, nil)
		require.NoError(t, err)
		require.Empty(t, v.Findings)
	}

	_, cursor, err := store.ChainHistory(t.Context(), w.about, page.Request{Limit: 1})
	require.NoError(t, err)
	_, _, err = store.ChainHistory(t.Context(), artifactDigest(t, "b"), page.Request{Cursor: cursor})
	require.ErrorIs(t, err, attestdb.ErrInvalid)
	_, _, err = domaintest.Tenant(t, w.db, "globex").Attestor().ChainHistory(t.Context(), w.about, page.Request{Cursor: cursor})
	require.ErrorIs(t, err, attestdb.ErrInvalid)
}

func TestChainsWithADigest(t *testing.T) {
	t.Parallel()
	w := newChainWorld(t)
	var ids []uuid.UUID
	for n := range 5 {
		req := w.request()
		req.PolicyVersion = fmt.Sprint(n)
		ids = append(ids, w.assemble(t, req).ID)
	}
	var got []uuid.UUID
	for p := (page.Request{Limit: 2}); ; {
		matches, next, err := w.acme.Attestor().ChainsWith(t.Context(), w.evidence[0], p)
		require.NoError(t, err)
		for _, m := range matches {
			got = append(got, m.ID)
			require.Equal(t, []proofchain.Kind{proofchain.SBOM, proofchain.Reasoning}, m.Kinds)
		}
		if p.Cursor = next; next == "" {
			break
		}
	}
	slices.Reverse(got)
	require.Equal(t, ids, got)
	none, next, err := w.acme.Attestor().ChainsWith(t.Context(), digest.SHA256{1}, page.Request{})
	require.NoError(t, err)
	require.Empty(t, none)
	require.Empty(t, next)
}

func TestChainIsRefusedWithTheSegmentAtFault(t *testing.T) {
	t.Parallel()
	w := newChainWorld(t)
	other := w.record(t, "other", "b")
	_, err := domaintest.Tenant(t, w.db, "globex").Record(t.Context(), w.signer.Evidence(t, "globex", []byte("a")))
	require.NoError(t, err)
	globexs := w.signer.Evidence(t, "globex", []byte("a")).SHA256
	for _, c := range []struct {
		kind    proofchain.Kind
		sum     digest.SHA256
		problem proofchain.Problem
	}{
		{proofchain.Evidence, digest.SHA256{1}, proofchain.Missing},
		{proofchain.SBOM, digest.SHA256{2}, proofchain.Missing},
		{proofchain.VEX, digest.SHA256{3}, proofchain.Missing},
		{proofchain.Evidence, globexs, proofchain.Missing},
		{proofchain.Verdict, globexs, proofchain.Missing},
		{proofchain.Evidence, other, proofchain.NotAbout},
		{proofchain.SBOM, other, proofchain.NotAbout},
		{proofchain.Reasoning, other, proofchain.NotAbout},
		{proofchain.VEX, other, proofchain.NotAbout},
		{proofchain.Verdict, other, proofchain.NotAbout},
		{proofchain.SBOM, w.evidence[1], proofchain.WrongKind},
		{proofchain.VEX, w.evidence[1], proofchain.WrongKind},
		{proofchain.Verdict, w.evidence[0], proofchain.WrongKind},
	} {
		req := w.request()
		req.Segments = append(req.Segments, attestor.ChainSegment{Kind: c.kind, Digest: c.sum})
		_, err := w.acme.AssembleChain(t.Context(), req)
		var at *attestor.SegmentError
		require.ErrorAs(t, err, &at)
		require.Equal(t, &attestor.SegmentError{Kind: c.kind, Digest: c.sum, Problem: c.problem}, at)
		require.Equal(t, c.problem == proofchain.Missing, errors.Is(err, attestdb.ErrNotFound))
		require.Equal(t, c.problem != proofchain.Missing, errors.Is(err, attestdb.ErrInvalid))
	}

	for field, change := range map[string]func(*attestor.ChainRequest){
		"subject":             func(r *attestor.ChainRequest) { r.Subject = digest.Digest{} },
		"policy_version":      func(r *attestor.ChainRequest) { r.PolicyVersion = "a b" },
		"segments":            func(r *attestor.ChainRequest) { r.Segments = nil },
		"segments[7]":         func(r *attestor.ChainRequest) { r.Segments = append(r.Segments, r.Segments[1]) },
		"segments[0]":         func(r *attestor.ChainRequest) { r.Segments[0] = attestor.ChainSegment{Kind: proofchain.VEX} },
		"segments[0].kind":    func(r *attestor.ChainRequest) { r.Segments[0] = attestor.ChainSegment{Kind: "x", Digest: other} },
		"segments[0].content": func(r *attestor.ChainRequest) { r.Segments[0].Content = []byte("[]") },
	} {
		req := w.request()
		change(&req)
		_, err := w.acme.AssembleChain(t.Context(), req)
		var invalid *attestdb.InvalidError
		require.ErrorAs(t, err, &invalid, field)
		require.Equal(t, field, invalid.Field)
	}
	require.Zero(t, countRows(t, w.DB, "proof_chains"))
	require.Zero(t, countRows(t, w.DB, "proof_segments"))
}

// Many at once, different and the same: one line of history without a gap, and
// no error.
func TestChainsThatAreAssembledAtOnceMakeOneHistory(t *testing.T) {
	t.Parallel()
	w := newChainWorld(t)
	const each, kinds = 8, 6
	results := make([]attestor.AssembledChain, each*kinds)
	errs := make([]error, each*kinds)
	begin := make(chan struct{})
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() {
			req := w.request()
			req.PolicyVersion = fmt.Sprint("p", i%kinds)
			<-begin
			results[i], errs[i] = w.acme.AssembleChain(context.Background(), req)
		})
	}
	close(begin)
	wg.Wait()
	fresh := 0
	for i := range results {
		require.NoError(t, errs[i])
		if !results[i].Existed {
			fresh++
		}
	}
	history, next, err := w.acme.Attestor().ChainHistory(t.Context(), w.about, page.Request{Limit: 1000})
	require.NoError(t, err)
	require.Empty(t, next)
	require.Len(t, history, fresh)
	require.GreaterOrEqual(t, fresh, kinds)
	for i, c := range history {
		require.Equal(t, len(history)-i, c.Revision)
		if i+1 < len(history) {
			require.Equal(t, history[i+1].Root, *c.Supersedes)
			require.True(t, c.CreatedAt.After(history[i+1].CreatedAt))
		}
		v, err := w.acme.Attestor().VerifyChain(t.Context(), c.ID, nil)
		require.NoError(t, err)
		require.Empty(t, v.Findings)
	}
}

// A call that did not hear the answer and comes again with the same id finds its
// own chain.
func TestChainInATransactionAndAgain(t *testing.T) {
	t.Parallel()
	w := newChainWorld(t)
	var a attestor.AssembledChain
	err := w.acme.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error {
		rec, err := tx.Record(ctx, w.signer.Evidence(t, "in the transaction", []byte("a")))
		if err != nil {
			return err
		}
		req := w.request()
		req.Segments = append(req.Segments, attestor.ChainSegment{Kind: proofchain.Evidence, Digest: rec.SHA256})
		a, err = tx.AssembleChain(ctx, req)
		return err
	})
	require.NoError(t, err)
	v, err := w.acme.Attestor().VerifyChain(t.Context(), a.ID, nil)
	require.NoError(t, err)
	require.Empty(t, v.Findings)

	conn := w.Conn(t, "app")
	_, err = conn.Exec(t.Context(), "SELECT set_config('attestdb.tenant_id', $1, false)", w.acme.ID().String())
	require.NoError(t, err)
	id := uuid.New()
	call := func(policy string) (existed bool, err error) {
		err = conn.QueryRow(t.Context(), recordChainSQL, w.acme.ID().String(), id.String(), policy, w.about.Bytes()).Scan(&existed)
		return existed, err
	}
	for range 2 {
		existed, err := call("p1")
		require.NoError(t, err)
		require.False(t, existed)
	}
	w.assemble(t, w.request())
	existed, err := call("p1")
	require.NoError(t, err, "although another one supersedes it by now")
	require.False(t, existed)
	_, err = call("p2")
	require.ErrorContains(t, err, "the id is taken")
}

// recordChainSQL records a chain of one document.
const recordChainSQL = `SELECT r.existed FROM attestor.record_chain($1::text::uuid, $2::text::uuid, 'me', 'sha256', $4, $3,
	ARRAY[gen_random_uuid()], ARRAY['vex'], ARRAY[NULL::bytea], ARRAY['{}'::bytea]) r`
