package tests

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/internal/testdb"
)

// Few values of each kind, so that searches meet, and some that are easily taken for
// others.
var (
	searchIssuers = []string{"https://token.actions.githubusercontent.com", "https://accounts.google.com", "HTTPS://accounts.google.com"}
	searchSANs    = []string{
		"https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main",
		"https://github.com/Acme/app/.github/workflows/release.yml@refs/heads/main",
		"https://github.com/acme-labs/tool", "https://github.com/acme", "https://bad-github.com/acme",
		"https://user@ci.github.com:8443/acme", "ci@example.com", "CI@Example.com", "dev@build.example.com",
		"dev@badexample.com", "example.com", "*.example.com", "www.example.com", "spiffe://example.com/ns/a",
		"not a name", "é@example.com", "\U0010ffff\U0010ffff",
	}
	searchKeys       = []string{"", "", "key-1", "key-2", "KEY-1"}
	searchPredicates = []string{"https://slsa.dev/provenance/v1", "https://spdx.dev/Document", "https://cyclonedx.org/bom-not"}
)

// searchEvidence is signed evidence whose signatures claim what rand says. What is
// searched is what is claimed: no verifier looks.
func searchEvidence(t testing.TB, signer *domaintest.Signer, r *rand.Rand, n int) *attestor.Evidence {
	t.Helper()
	pick := func(from []string) string { return from[r.IntN(len(from))] }
	payload := domaintest.Statement(fmt.Sprint(n), fmt.Append(nil, r.IntN(5)))
	payload = []byte(strings.Replace(string(payload), searchPredicates[0], pick(searchPredicates), 1))
	payloadType := attestor.PayloadTypeInToto
	if r.IntN(10) == 0 {
		payloadType = "text/plain"
	}
	ev, err := attestor.Parse(signer.Envelope(payloadType, append(payload, fmt.Sprintf("%*s", n, "")...)))
	require.NoError(t, err)
	signatures := make([]attestor.Signature, 1+r.IntN(3))
	for i := range signatures {
		sig := attestor.Signature{KeyID: pick(searchKeys), Sig: ev.Envelope.Signatures[0].Sig}
		if r.IntN(3) > 0 {
			sig.Certificate = fmt.Append(nil, "certificate ", r.IntN(4))
			sig.Identity = &attestor.Identity{CertificateSHA256: digest.Sum(sig.Certificate), Issuer: pick(searchIssuers)}
			if r.IntN(4) > 0 {
				sig.Identity.SubjectAlternativeName = pick(searchSANs)
			}
		}
		signatures[i] = sig
	}
	ev.Envelope.Signatures = signatures
	return ev
}

// searchable is what the test knows of evidence that it recorded.
type searchable struct {
	id uuid.UUID
	at time.Time
	ev *attestor.Evidence
}

// names returns by which names q finds s: "" if the list has no names, none if it does
// not find it.
func (s *searchable) names(q attestor.Query) []string {
	if s.at.Before(q.Since) || !q.Until.IsZero() && !s.at.Before(q.Until) {
		return nil
	}
	st := s.ev.Statement
	if q.PredicateType != "" && (st == nil || st.PredicateType != q.PredicateType) {
		return nil
	}
	if !q.Subject.IsZero() && (st == nil || !slices.ContainsFunc(st.Subject, func(sub attestor.Subject) bool {
		return slices.Contains(sub.Digest, q.Subject)
	})) {
		return nil
	}
	if q.Signer == (attestor.SignerQuery{}) {
		return []string{""}
	}
	var names []string
	for _, sig := range s.ev.Envelope.Signatures {
		if name, ok := signs(sig, q.Signer); ok {
			if !q.Subject.IsZero() {
				name = ""
			}
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func signs(sig attestor.Signature, q attestor.SignerQuery) (name string, ok bool) {
	id := sig.Identity
	if id == nil {
		id = &attestor.Identity{}
	}
	san := id.SubjectAlternativeName
	switch {
	case q.KeyID != "" && q.KeyID != sig.KeyID,
		q.CertificateSHA256 != (digest.SHA256{}) && q.CertificateSHA256 != id.CertificateSHA256,
		q.Issuer != "" && q.Issuer != id.Issuer,
		q.SAN != "" && san == "":
		return "", false
	}
	if q.SAN == "" {
		return "", true
	}
	switch q.SANMatch {
	case attestor.SANFolded:
		return "", lowerASCII(san) == lowerASCII(q.SAN)
	case attestor.SANPrefix:
		return lowerASCII(san), strings.HasPrefix(san, q.SAN)
	case attestor.SANDomain:
		host, domain := hostOf(san), lowerASCII(q.SAN)
		return reversed(host) + ".", host == domain || strings.HasSuffix(host, "."+domain)
	}
	return "", san == q.SAN
}

// hostOf is what the names of the test say; it knows no more than these.
func hostOf(san string) string {
	return map[string]string{
		searchSANs[0]: "github.com", searchSANs[1]: "github.com", searchSANs[2]: "github.com", searchSANs[3]: "github.com",
		searchSANs[4]: "bad-github.com", searchSANs[5]: "ci.github.com", searchSANs[6]: "example.com",
		searchSANs[7]: "example.com", searchSANs[8]: "build.example.com", searchSANs[9]: "badexample.com",
		searchSANs[10]: "example.com", searchSANs[11]: "*.example.com", searchSANs[12]: "www.example.com",
		searchSANs[13]: "example.com", searchSANs[15]: "example.com",
	}[san]
}

func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func reversed(s string) string {
	r := []rune(s)
	slices.Reverse(r)
	return string(r)
}

// found is a row of a list.
type found struct {
	name string
	at   time.Time
	id   uuid.UUID
}

// expected is q's list by the test's own knowledge.
func expected(all []searchable, q attestor.Query) []found {
	var list []found
	for _, s := range all {
		for _, name := range s.names(q) {
			list = append(list, found{name, s.at, s.id})
		}
	}
	slices.SortFunc(list, func(a, b found) int {
		return cmp.Or(strings.Compare(a.name, b.name), b.at.Compare(a.at), strings.Compare(b.id.String(), a.id.String()))
	})
	return list
}

func randomQuery(r *rand.Rand, all []searchable) attestor.Query {
	var q attestor.Query
	some := func() bool { return r.IntN(4) == 0 }
	pick := func(from []string) string { return from[r.IntN(len(from))] }
	if some() {
		q.Subject = digest.Sum(fmt.Append(nil, r.IntN(5))).Digest()
	}
	if some() {
		q.Signer.KeyID = pick(searchKeys)
	}
	if some() {
		q.Signer.CertificateSHA256 = digest.Sum(fmt.Append(nil, "certificate ", r.IntN(4)))
	}
	if some() {
		q.Signer.Issuer = pick(searchIssuers)
	}
	if r.IntN(2) == 0 {
		q.Signer.SAN = pick(searchSANs)
		q.Signer.SANMatch = []attestor.SANMatch{"", attestor.SANExact, attestor.SANFolded, attestor.SANPrefix, attestor.SANDomain}[r.IntN(5)]
		switch q.Signer.SANMatch {
		case attestor.SANPrefix:
			runes := []rune(q.Signer.SAN)
			q.Signer.SAN = string(runes[:1+r.IntN(len(runes))])
		case attestor.SANDomain:
			q.Signer.SAN = pick([]string{"com", "example.com", "Github.com", "build.example.com", "ample.com"})
		}
	}
	if some() {
		q.PredicateType = pick(searchPredicates)
	}
	if some() {
		q.Since = all[r.IntN(len(all))].at
	}
	if some() {
		if q.Until = all[r.IntN(len(all))].at; !q.Since.Before(q.Until) {
			q.Until = time.Time{}
		}
	}
	return q
}

// Whatever is asked, the pages together are the list, while more is recorded between
// them: nothing comes twice, nothing that was there is left out.
func TestSearchPagesAreTheListWhileMoreIsRecorded(t *testing.T) {
	t.Parallel()
	acme, globex := domaintestPair(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	signer := domaintest.NewSigner(t)
	var all []searchable
	record := func(n int) {
		evs := make([]*attestor.Evidence, n)
		for i := range evs {
			evs[i] = searchEvidence(t, signer, r, len(all)+i)
		}
		recs, err := acme.RecordAll(t.Context(), evs)
		require.NoError(t, err)
		_, err = globex.RecordAll(t.Context(), evs[:n/2])
		require.NoError(t, err)
		for i, rec := range recs {
			all = append(all, searchable{rec.ID, rec.CreatedAt, evs[i]})
		}
	}
	record(400)
	used := 0
	for round := range 300 {
		q := randomQuery(r, all)
		want := expected(all, q)
		var got []found
		p := page.Request{Limit: 1 + r.IntN(40)}
		for {
			matches, next, err := acme.Attestor().Find(t.Context(), q, p)
			require.NoError(t, err, "%+v", q)
			for _, m := range matches {
				got = append(got, found{at: m.CreatedAt, id: m.ID})
			}
			if next == "" {
				break
			}
			require.Len(t, matches, p.Limit)
			if round%10 == 0 {
				record(2)
			}
			p.Cursor = next
		}
		// What came while the list was read may be in it or not.
		fresh := map[uuid.UUID]bool{}
		for _, f := range expected(all, q) {
			fresh[f.id] = true
		}
		for _, f := range want {
			delete(fresh, f.id)
		}
		got = slices.DeleteFunc(got, func(f found) bool { return fresh[f.id] })
		for i := range want {
			want[i].name = ""
		}
		require.Equal(t, want, got, "%+v", q)
		used += min(len(want), 1)
	}
	require.Greater(t, used, 100, "the queries find something")
}

var firstPage = page.Request{}

func domaintestPair(t *testing.T) (acme, globex *attestdb.TenantDB) {
	t.Helper()
	db := domaintest.New(t)
	return domaintest.Tenant(t, db, "acme"), domaintest.Tenant(t, db, "globex")
}

func TestSearchRefusesWhatNothingCanMeet(t *testing.T) {
	t.Parallel()
	acme, _ := domaintestPair(t)
	at := time.Now()
	for field, q := range map[string]attestor.Query{
		"SANMatch":       {Signer: attestor.SignerQuery{SAN: "a", SANMatch: "suffix"}},
		"SAN":            {Signer: attestor.SignerQuery{SANMatch: attestor.SANPrefix}},
		"predicate type": {PredicateType: "a\x00"},
		"issuer":         {Signer: attestor.SignerQuery{Issuer: "\xff"}},
		"key id":         {Signer: attestor.SignerQuery{KeyID: strings.Repeat("k", attestor.MaxTextLength+1)}},
		"until":          {Since: at, Until: at},
		"since":          {Until: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		_, _, err := acme.Attestor().Find(t.Context(), q, page.Request{})
		var invalid *attestdb.InvalidError
		require.ErrorAs(t, err, &invalid, field)
		require.Equal(t, field, invalid.Field)
	}
	for _, domain := range []string{"https://example.com", "a@example.com", "..", "example.com/a"} {
		_, _, err := acme.Attestor().Find(t.Context(), attestor.Query{Signer: attestor.SignerQuery{SAN: domain, SANMatch: attestor.SANDomain}}, page.Request{})
		require.ErrorIs(t, err, attestdb.ErrInvalid, domain)
	}
}

// Each way to search has its index, as the application's role.
func TestSearchesUseTheirIndexes(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	var tap wiretap
	db, acme := openTapped(t, database, &tap)
	fillTables(t, database, acme.ID(), 40_000)
	fillTables(t, database, domaintest.Tenant(t, db, "globex").ID(), 10_000)
	fillTenants(t, database)
	signer := func(q attestor.SignerQuery) attestor.Query { return attestor.Query{Signer: q} }
	at := time.Now()
	for index, q := range map[string]attestor.Query{
		"attestor.statement_subjects_digest_idx":              {Subject: artifactDigest(t, "a"), Since: at.Add(-time.Hour), Until: at},
		"attestor.statements_predicate_type_idx":              {PredicateType: "p7"},
		"attestor.envelopes_time_idx":                         {Since: at.Add(-time.Hour), Until: at},
		"attestor.envelope_signatures_key_id_idx":             signer(attestor.SignerQuery{KeyID: "k7"}),
		"attestor.envelope_signatures_certificate_sha256_idx": signer(attestor.SignerQuery{CertificateSHA256: digest.Sum([]byte("7"))}),
		"attestor.envelope_signatures_issuer_idx":             signer(attestor.SignerQuery{Issuer: "https://issuer/7"}),
		"attestor.envelope_signatures_san_folded_idx":         signer(attestor.SignerQuery{SAN: "https://host-7.example.com/7", SANMatch: attestor.SANFolded}),
		"exact":  signer(attestor.SignerQuery{SAN: "https://host-7.example.com/7"}),
		"prefix": signer(attestor.SignerQuery{SAN: "https://host-7.example.com/", SANMatch: attestor.SANPrefix}),
		"attestor.envelope_signatures_san_domain_idx": signer(attestor.SignerQuery{SAN: "host-7.example.com", SANMatch: attestor.SANDomain}),
	} {
		tap.take()
		matches, next, err := acme.Attestor().Find(t.Context(), q, page.Request{Limit: 1})
		require.NoError(t, err)
		if !q.Subject.IsZero() {
			require.Empty(t, matches)
		} else {
			require.Len(t, matches, 1, index)
			require.NotEmpty(t, next, index)
			_, _, err = acme.Attestor().Find(t.Context(), q, page.Request{Limit: 1, Cursor: next})
			require.NoError(t, err)
		}
		sent := tap.take()
		require.NotEmpty(t, sent)
		for _, s := range sent {
			explainApp(t, database, acme.ID(), s.sql, s.args...)
		}
		// The rule can fail.
		if !strings.Contains(index, ".") {
			continue
		}
		conn := database.Conn(t, "superuser")
		var definition string
		require.NoError(t, conn.QueryRow(t.Context(), "SELECT pg_get_indexdef($1::regclass)", index).Scan(&definition))
		_, err = conn.Exec(t.Context(), "DROP INDEX "+index)
		require.NoError(t, err)
		require.NotEmpty(t, planFaults(t, database, acme.ID(), sent[0].sql, sent[0].args), index)
		_, err = conn.Exec(t.Context(), definition)
		require.NoError(t, err)
	}
}
