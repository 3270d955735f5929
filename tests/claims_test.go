package tests

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/tenancy"
)

// A call stores all that it says, or nothing: what would be left out, because something
// else has its id, its place or its bytes, is refused.
func TestNothingThatACallSaysIsLeftOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	entrances := map[string]entrance{}
	for _, e := range w.entrances(t) {
		entrances[e.name] = e
	}
	a := w.attacker(t)
	a.become(t, w.acme.ID().String())
	// An envelope that has an SBOM, one whose Statement is about nothing, and an artifact.
	taken, err := w.acme.Attestor().Content(t.Context(), w.acmeIDs[2])
	require.NoError(t, err)
	barren := strings.Replace(recordCall(w.acme.ID().String(), "barren"), "ARRAY['forged'],\n\t\tARRAY[gen", "ARRAY['"+attestor.PredicateTypeSPDX+"'],\n\t\tARRAY[gen", 1)
	subjects := "ARRAY[gen_random_uuid()], ARRAY[1], ARRAY[0], ARRAY['forged'], ARRAY['sha256'], ARRAY[sha256('forged')]"
	require.Contains(t, barren, subjects)
	o := a.try(t, strings.Replace(barren, subjects, strings.Repeat("'{}', ", 5)+"'{}'", 1), "")
	require.Nil(t, o.pgError, o.text)
	var artifact string
	require.NoError(t, w.super.QueryRow(t.Context(), "SELECT id::text FROM attestor.sbom_artifacts WHERE tenant_id = $1 LIMIT 1", w.acme.ID()).Scan(&artifact))
	before := w.fingerprint(t, attestdb.TenantID{})

	const evidence, sboms, entries, chain = "attestor.record_evidence", "attestor.record_sboms", "rekor.record_entries", "attestor.record_chain"
	for name, c := range map[string]struct {
		entrance string
		others   map[string]string
		code     string
	}{
		"an envelope's id twice":       {evidence, map[string]string{"ids": ids(100, 1) + "::uuid[] || " + ids(100, 1)}, "23505"},
		"an envelope twice":            {evidence, map[string]string{"ids": ids(100, 1) + "::uuid[] || " + ids(100, 1), "contents": "ARRAY['a'::bytea, 'a']"}, "23505"},
		"a signature's id twice":       {evidence, map[string]string{"signature_ids": ids(110, 1) + "::uuid[] || " + ids(110, 1)}, "23505"},
		"a subject's id twice":         {evidence, map[string]string{"subject_ids": ids(120, 1) + "::uuid[] || " + ids(120, 1)}, "23505"},
		"a verification's id twice":    {evidence, map[string]string{"verification_ids": ids(130, 1) + "::uuid[] || " + ids(130, 1)}, "23505"},
		"a signature's place twice":    {evidence, map[string]string{"signature_of": "ARRAY[1, 1]"}, "23505"},
		"an SBOM's id twice":           {sboms, map[string]string{"ids": ids(200, 1) + "::uuid[] || " + ids(200, 1)}, "23505"},
		"an SBOM twice":                {sboms, map[string]string{"ids": ids(200, 1) + "::uuid[] || " + ids(200, 1), "sha256s": "ARRAY[sha256('a'), sha256('a')]"}, "23505"},
		"a document twice":             {sboms, map[string]string{"sha256s": "ARRAY[sha256('a'), sha256('a')]"}, "23514"},
		"a component's id twice":       {sboms, map[string]string{"entry_ids": ids(220, 1) + "::uuid[] || " + ids(220, 1), "digest_entries": ids(220, 1) + "::uuid[] || " + ids(220, 1), "licence_entries": ids(220, 1) + "::uuid[] || " + ids(220, 1)}, "23505"},
		"a component's place twice":    {sboms, map[string]string{"entry_of": "ARRAY[1, 1]", "digest_of": "ARRAY[1, 1]", "licence_of": "ARRAY[1, 1]"}, "23505"},
		"a digest's id twice":          {sboms, map[string]string{"digest_ids": ids(230, 1) + "::uuid[] || " + ids(230, 1)}, "23505"},
		"a licence's id twice":         {sboms, map[string]string{"licence_ids": ids(240, 1) + "::uuid[] || " + ids(240, 1)}, "23505"},
		"an artifact's id twice":       {sboms, map[string]string{"artifact_ids": ids(210, 1) + "::uuid[] || " + ids(210, 1)}, "23505"},
		"an artifact's id taken":       {sboms, map[string]string{"artifact_ids": ids(210, 1) + "::uuid[] || '{" + artifact + "}'"}, "23505"},
		"no artifact":                  {sboms, map[string]string{"artifact_ids": "'{}'", "artifact_of": "'{}'", "artifact_names": "'{}'", "artifact_algorithms": "'{}'", "artifact_digests": "'{}'"}, "23514"},
		"no artifact of one":           {sboms, map[string]string{"artifact_of": "ARRAY[2, 2]"}, "23514"},
		"an envelope about nothing":    {sboms, map[string]string{"link_envelopes": "ARRAY[sha256('barren')]"}, "23514"},
		"an envelope of another SBOM":  {sboms, map[string]string{"link_envelopes": fmt.Sprintf(`ARRAY[sha256('\x%x')]`, taken)}, "23505"},
		"neither content nor envelope": {sboms, map[string]string{"link_of": "ARRAY[1]"}, "23514"},
		"a digest of no component":     {sboms, map[string]string{"digest_entries": ids(220, 1) + "::uuid[] || NULL::uuid"}, "23514"},
		"a log entry's place twice":    {entries, map[string]string{"positions": "ARRAY[5, 5]"}, "23514"},
		"a log entry's id twice":       {entries, map[string]string{"ids": ids(300, 1) + "::uuid[] || " + ids(300, 1)}, "23505"},
		"a log entry of no envelope":   {entries, map[string]string{"envelope_sha256s": fmt.Sprintf(`ARRAY[sha256('\x%x'), NULL]`, taken)}, "23503"},
		"a segment's id twice":         {chain, map[string]string{"segment_ids": ids(410, 1) + "::uuid[] || " + ids(410, 1)}, "23505"},
		"a segment twice":              {chain, map[string]string{"kinds": "ARRAY['vex', 'vex']"}, "22023"},
	} {
		o := a.try(t, entrances[c.entrance].callWith(t, c.others), "")
		require.NotNil(t, o.pgError, name)
		require.Equal(t, c.code, o.pgError.Code, "%s: %s", name, o.pgError.Message)
		require.Equal(t, before, w.fingerprint(t, attestdb.TenantID{}), name)
	}
	for _, e := range entrances {
		for _, argument := range e.arguments {
			// A checkpoint comes with each entry of its tree, and is stored with one id.
			if argument.Type == "uuid[]" && argument.Name != "checkpoint_ids" {
				o := a.try(t, e.callWith(t, map[string]string{argument.Name: "array_append(trim_array(" + argument.sql() + ", 1), NULL)"}), "")
				require.NotNil(t, o.pgError, "%s %s", e.name, argument.Name)
			}
		}
	}
	require.Equal(t, before, w.fingerprint(t, attestdb.TenantID{}))
}

// Of two that share an id, one of which is there already, the other would get all that
// is said of both.
func TestIDThatIsThereTwiceIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.attacker(t)
	a.become(t, w.acme.ID().String())
	attacked := 0
	for _, e := range w.entrances(t) {
		o := a.try(t, e.callWith(t, nil), "")
		require.Nil(t, o.pgError, o.text)
		before := w.fingerprint(t, attestdb.TenantID{})
		for _, argument := range e.arguments {
			if argument.Type != "uuid[]" || strings.HasSuffix(argument.Name, "_entries") {
				continue // those name others' ids
			}
			twice := fmt.Sprintf("array_fill((%s)[1], ARRAY[2])", argument.sql())
			others := map[string]string{argument.Name: twice}
			if argument.Name == "entry_ids" {
				others["digest_entries"], others["licence_entries"] = twice, twice
			}
			o := a.try(t, e.callWith(t, others), "")
			require.NotNil(t, o.pgError, "%s %s", e.name, argument.Name)
			require.Equal(t, "23505", o.pgError.Code, "%s %s: %s", e.name, argument.Name, o.pgError.Message)
			attacked++
		}
		require.Equal(t, before, w.fingerprint(t, attestdb.TenantID{}))
	}
	require.Equal(t, 12, attacked)
}

// Verified evidence is such whose newest verification says so: another outcome beside
// it in the same call would be the newest.
func TestVerifiedEvidenceComesWithNoOtherOutcome(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.db.Tenancy().As("admin").Require(t.Context(), w.acme.ID(), tenancy.Requirements{Verified: true})
	require.NoError(t, err)
	a := w.attacker(t)
	a.become(t, w.acme.ID().String())
	before := w.fingerprint(t, attestdb.TenantID{})
	call := func(outcomes string) string {
		return "SELECT * FROM attestor.record_evidence(" + recordArguments(w.acme.ID().String(), "new") + `,
			ARRAY[gen_random_uuid(), gen_random_uuid()], ARRAY[1, 1], ARRAY[now() - interval '1 second', now()], ` + outcomes + `,
			ARRAY['v', 'v'], ARRAY['p', 'p'], ARRAY[NULL, NULL], ARRAY['[0]', '[0]'], ARRAY[now(), now()], ARRAY[NULL, NULL]::timestamptz[])`
	}
	for _, outcomes := range []string{"ARRAY['verified', 'failed']", "ARRAY['verified', NULL]", "ARRAY['failed', 'verified']"} {
		o := a.try(t, call(outcomes), "")
		require.NotNil(t, o.pgError, outcomes)
		require.Contains(t, []string{"AD004", "23502"}, o.pgError.Code, outcomes)
		require.Equal(t, before, w.fingerprint(t, attestdb.TenantID{}), outcomes)
	}
	require.Nil(t, a.try(t, call("ARRAY['verified', 'verified']"), "").pgError)
	require.NotEqual(t, before, w.fingerprint(t, attestdb.TenantID{}))
	_, err = w.acme.Record(t.Context(), domaintest.NewSigner(t).Evidence(t, "x", []byte("x")))
	require.ErrorIs(t, err, attestdb.ErrRequirement)
}
