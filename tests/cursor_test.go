package tests

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/proofchain"
	"stella-ops.org/attestdb/domain/rekor"
	"stella-ops.org/attestdb/domain/sbom"
	"stella-ops.org/attestdb/domain/verdict"
)

// Every list's cursor goes on with the same question of the same tenant, and with no
// other one, in which it would pass over rows in silence.
func TestCursorsRefuseAnotherFilterOrTenant(t *testing.T) {
	t.Parallel()
	w := newChainWorld(t)
	ctx := t.Context()
	for range 2 { // two logs, each with an entry 0 and 1
		log := domaintest.NewLog(t, 1)
		for n := range 2 {
			_, err := w.acme.Record(ctx, loggedBundle(t, log, fmt.Sprint("bundle", n)))
			require.NoError(t, err)
		}
	}
	var sboms []attestor.SBOMRecorded
	for _, name := range []string{"one", "two"} {
		rec, err := w.acme.ImportSBOM(ctx, cycloneDX(t, name, npm("a", "1.0.0"), npm("b", "1.0.0")), attestdb.About(name, artifactDigest(t, name)))
		require.NoError(t, err)
		sboms = append(sboms, rec)
	}
	for _, version := range []string{"1", "2"} {
		w.assemble(t, attestor.ChainRequest{Subject: w.about, PolicyVersion: version, Segments: []attestor.ChainSegment{
			{Kind: proofchain.Evidence, Digest: w.evidence[0]},
		}})
	}
	globex := domaintest.Tenant(t, w.db, "globex")
	for _, text := range []string{"a", "a", "b"} {
		_, err := w.acme.Verdict().Append(ctx, decided(text))
		require.NoError(t, err)
	}
	lists := cursorLists(t, w.acme, w.about, w.evidence[0], sboms)
	others := cursorLists(t, globex, w.about, w.evidence[0], sboms)
	for name, lists := range lists {
		made := 0
		for i, list := range lists {
			cursor, err := list(page.Request{Limit: 1})
			require.NoError(t, err, "%s %d", name, i)
			if cursor == "" {
				continue
			}
			made++
			for j, other := range lists {
				_, err := other(page.Request{Limit: 1, Cursor: cursor})
				if i == j {
					require.NoError(t, err, "%s %d", name, i)
				} else {
					require.ErrorIs(t, err, attestdb.ErrInvalid, "%s: the cursor of %d in %d", name, i, j)
				}
			}
			_, err = others[name][i](page.Request{Limit: 1, Cursor: cursor})
			require.ErrorIs(t, err, attestdb.ErrInvalid, "%s %d of another tenant", name, i)
		}
		require.Greater(t, made, len(lists)/3, name)
	}
}

// cursorLists are lists of a tenant, by what they are of: each returns the cursor of the
// next page.
func cursorLists(t *testing.T, h *attestdb.TenantDB, about digest.Digest, evidence digest.SHA256, sboms []attestor.SBOMRecorded) map[string][]func(page.Request) (string, error) {
	t.Helper()
	var (
		ctx             = t.Context()
		store, entries  = h.Attestor(), h.Rekor()
		zero, one       = int64(0), int64(1)
		hourAgo, future = time.Now().Add(-time.Hour).Truncate(time.Hour), time.Now().Add(time.Hour).Truncate(time.Hour)
	)
	rng := func(text string) sbom.Range {
		r, err := sbom.ParseRange(text)
		require.NoError(t, err)
		return r
	}
	find := func(q attestor.Query) func(page.Request) (string, error) {
		return func(p page.Request) (string, error) {
			_, next, err := store.Find(ctx, q, p)
			return next, err
		}
	}
	logged := func(q rekor.Query) func(page.Request) (string, error) {
		return func(p page.Request) (string, error) {
			_, next, err := entries.Find(ctx, q, p)
			return next, err
		}
	}
	ledger := func(q verdict.Query) func(page.Request) (string, error) {
		return func(p page.Request) (string, error) {
			_, next, err := h.Verdict().Find(ctx, q, p)
			return next, err
		}
	}
	components := func(q attestor.ComponentQuery) func(page.Request) (string, error) {
		return func(p page.Request) (string, error) {
			found, err := store.FindComponents(ctx, q, p)
			return found.Next, err
		}
	}
	containing := func(q attestor.ComponentQuery) func(page.Request) (string, error) {
		return func(p page.Request) (string, error) {
			found, err := store.Containing(ctx, q, p)
			return found.Next, err
		}
	}
	return map[string][]func(page.Request) (string, error){
		"evidence": {
			find(attestor.Query{}), find(attestor.Query{Since: hourAgo}), find(attestor.Query{Until: future}), find(attestor.Query{Subject: about}),
			find(attestor.Query{PredicateType: "https://slsa.dev/provenance/v1"}), find(attestor.Query{Signer: attestor.SignerQuery{KeyID: "k"}}),
		},
		"log entries": {
			logged(rekor.Query{}), logged(rekor.Query{Since: hourAgo}), logged(rekor.Query{LogIndex: &zero}), logged(rekor.Query{LogIndex: &one}),
			logged(rekor.Query{LogIndex: &zero, Since: hourAgo}),
			logged(rekor.Query{IntegratedFrom: hourAgo}), logged(rekor.Query{IntegratedFrom: hourAgo, IntegratedBefore: future}),
		},
		"entries of a ledger": {
			ledger(verdict.Query{}), ledger(verdict.BySubject(decided("a").Subject.Digest)), ledger(verdict.ByPolicy(decided("a").Policy.URI)),
			ledger(verdict.ByTime(hourAgo, time.Time{})), ledger(verdict.ByTime(hourAgo, future)), ledger(verdict.ByTime(time.Time{}, future)),
			ledger(verdict.ByInput("", decided("a").Inputs[0].Digest)), ledger(verdict.ByInput("sbom", decided("a").Inputs[0].Digest)),
			ledger(verdict.Query{Subject: decided("a").Subject.Digest, PolicyURI: decided("a").Policy.URI}),
		},
		"components of an SBOM": {
			func(p page.Request) (string, error) {
				_, next, err := store.Components(ctx, sboms[0].ID, p)
				return next, err
			},
			func(p page.Request) (string, error) {
				_, next, err := store.Components(ctx, sboms[1].ID, p)
				return next, err
			},
		},
		"components": {
			components(attestor.ComponentQuery{PURL: "pkg:npm/a@1.0.0"}), components(attestor.ComponentQuery{PURL: "pkg:npm/b@1.0.0"}),
			components(attestor.ComponentQuery{PURL: "pkg:npm/a", Range: rng("vers:npm/>=1.0.0")}),
			components(attestor.ComponentQuery{PURL: "pkg:npm/a", Range: rng("vers:npm/>=0.9.0")}),
			containing(attestor.ComponentQuery{PURL: "pkg:npm/a@1.0.0"}), containing(attestor.ComponentQuery{PURL: "pkg:npm/b@1.0.0"}),
		},
		"chains": {
			func(p page.Request) (string, error) {
				_, next, err := store.ChainsWith(ctx, evidence, p)
				return next, err
			},
			func(p page.Request) (string, error) {
				_, next, err := store.ChainsWith(ctx, digest.Sum([]byte("other")), p)
				return next, err
			},
			func(p page.Request) (string, error) {
				_, next, err := store.ChainHistory(ctx, about, p)
				return next, err
			},
			func(p page.Request) (string, error) {
				_, next, err := store.ChainHistory(ctx, artifactDigest(t, "other"), p)
				return next, err
			},
		},
	}
}
