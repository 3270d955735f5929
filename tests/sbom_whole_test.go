package tests

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/page"
)

// sbomCall is a call of attestor.record_sboms, the way in for SBOMs, with one that
// came alone, with a component, a digest, a licence and an artifact.
func sbomCall(tenant, content string) string {
	return fmt.Sprintf(`SELECT * FROM attestor.record_sboms('%s',
		ARRAY[gen_random_uuid()], ARRAY[now()], ARRAY['me'], ARRAY[sha256('%[2]s')], ARRAY[length('%[2]s'::bytea)::bigint],
		ARRAY['spdx'], ARRAY['2.3'], ARRAY[NULL], ARRAY['forged'], ARRAY[now()], ARRAY['%[2]s'::bytea],
		ARRAY[]::int[], ARRAY[]::bytea[],
		ARRAY[gen_random_uuid()], ARRAY[1], ARRAY['forged'], ARRAY['sha256'], ARRAY[sha256('forged')],
		ARRAY['00000000-0000-7000-8000-000000000001'::uuid], ARRAY[1], ARRAY[0], ARRAY[''], ARRAY[''], ARRAY['forged'], ARRAY[''], ARRAY[NULL], ARRAY[NULL], ARRAY[NULL],
		ARRAY[gen_random_uuid()], ARRAY[1], ARRAY['00000000-0000-7000-8000-000000000001'::uuid], ARRAY[0], ARRAY['sha256'], ARRAY[sha256('forged')],
		ARRAY[gen_random_uuid()], ARRAY[1], ARRAY['00000000-0000-7000-8000-000000000001'::uuid], ARRAY[0], ARRAY[true], ARRAY['forged'])`, tenant, content)
}

// noLinks are sbomCall's envelopes.
const noLinks = "ARRAY[]::int[], ARRAY[]::bytea[]"

// An SBOM is a document that came alone or the predicate of an envelope, and says so
// of no envelope that holds something else.
func TestSBOMHasASource(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	acme := w.acme.ID().String()
	signer := domaintest.NewSigner(t)
	// The predicate's type is an SBOM's, and the predicate is none.
	unread, err := w.acme.Record(t.Context(), attested(t, signer, "u", attestor.PredicateTypeCycloneDX+"/v1.2", []byte(`{}`)))
	require.NoError(t, err)
	require.Error(t, unread.SBOM.Problem)
	before := w.fingerprint(t, attestdb.TenantID{})
	for name, predicateType := range map[string]string{
		"provenance": "https://slsa.dev/provenance/v1", "begins so": attestor.PredicateTypeSPDX + "s", "a line more": "x\n" + attestor.PredicateTypeSPDX,
	} {
		t.Run(name, func(t *testing.T) {
			rec, err := w.acme.Record(t.Context(), attested(t, signer, name, predicateType, []byte(`{}`)))
			require.NoError(t, err)
			before = w.fingerprint(t, attestdb.TenantID{})
			a := w.attacker(t)
			a.become(t, acme)
			o := a.try(t, strings.Replace(sbomCall(acme, "linked"), noLinks, fmt.Sprintf(`ARRAY[1], ARRAY['\x%x'::bytea]`, rec.SHA256[:]), 1), "")
			require.NotNil(t, o.pgError)
			require.Equal(t, "23514", o.pgError.Code)
			require.Equal(t, before, w.fingerprint(t, attestdb.TenantID{}))
		})
	}
	a := w.attacker(t)
	a.become(t, acme)
	without := strings.Replace(sbomCall(acme, "held"), "ARRAY['held'::bytea]", "ARRAY[NULL::bytea]", 1)
	require.NotEqual(t, sbomCall(acme, "held"), without)
	o := a.try(t, without, "")
	require.NotNil(t, o.pgError)
	require.Equal(t, "23514", o.pgError.Code)
	require.Equal(t, before, w.fingerprint(t, attestdb.TenantID{}))
	require.Nil(t, a.try(t, strings.Replace(without, noLinks, fmt.Sprintf(`ARRAY[1], ARRAY['\x%x'::bytea]`, unread.SHA256[:]), 1), "").pgError)
}

// sbomParts are the tables that hold what is in an SBOM.
var sbomParts = []string{"sboms", "sbom_contents", "sbom_entries", "sbom_entry_digests", "sbom_entry_licences", "sbom_artifacts"}

// Nobody adds a component to an SBOM that is there, not even its own tenant with
// plain SQL: an SBOM enters with all its parts or not at all.
func TestNothingIsAddedToAnSBOMThatIsThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.attacker(t)
	a.become(t, w.acme.ID().String())
	before := w.fingerprint(t, attestdb.TenantID{})
	for _, table := range sbomParts {
		o := a.try(t, "INSERT INTO attestor."+table+" SELECT * FROM attestor."+table, "")
		require.NotNil(t, o.pgError, table)
		require.Equal(t, "42501", o.pgError.Code, table)
	}
	require.Equal(t, before, w.fingerprint(t, attestdb.TenantID{}))

	// The same bytes with other parts: the first record is the answer, and nothing but
	// the artifact is added.
	doc := wordySBOM(t, "acme")
	rec, err := w.acme.ImportSBOM(t.Context(), doc)
	require.NoError(t, err)
	require.True(t, rec.Existed)
	o := a.try(t, "SELECT 1; "+sbomCall(w.acme.ID().String(), fmt.Sprintf(`\x%x`, doc)), "")
	require.Nil(t, o.pgError)
	require.Contains(t, o.text, rec.ID.String())
	forged, err := w.acme.Attestor().FindComponents(t.Context(), attestor.ComponentQuery{Licence: "forged"}, page.Request{})
	require.NoError(t, err)
	require.Empty(t, forged.Components)

	// A new SBOM cannot bring digests and licences for a component of an old one.
	var old uuid.UUID
	require.NoError(t, w.super.QueryRow(t.Context(), "SELECT id FROM attestor.sbom_entries WHERE tenant_id = $1 LIMIT 1", w.acme.ID()).Scan(&old))
	for _, part := range []string{"ARRAY['00000000-0000-7000-8000-000000000001'::uuid], ARRAY[0], ARRAY['sha256']", "ARRAY['00000000-0000-7000-8000-000000000001'::uuid], ARRAY[0], ARRAY[true]"} {
		call := sbomCall(w.acme.ID().String(), "new")
		require.Contains(t, call, part)
		o := a.try(t, strings.Replace(call, part, strings.Replace(part, "00000000-0000-7000-8000-000000000001", old.String(), 1), 1), "")
		require.NotNil(t, o.pgError)
		require.Equal(t, "23514", o.pgError.Code)
	}

	// A digest or a size that is not the content's is refused.
	for _, lie := range [][2]string{{"ARRAY[sha256('x')]", "ARRAY[sha256('y')]"}, {"ARRAY[length('x'::bytea)::bigint]", "ARRAY[2::bigint]"}} {
		call := sbomCall(w.acme.ID().String(), "x")
		require.Contains(t, call, lie[0])
		o := a.try(t, strings.Replace(call, lie[0], lie[1], 1), "")
		require.NotNil(t, o.pgError)
		require.Equal(t, "23514", o.pgError.Code)
	}
}

// The way in is open for the tenant that the statement names, while it is active,
// and for no other.
func TestSBOMsEnterForTheNamedActiveTenantOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	acme, globex := w.acme.ID().String(), w.globex.ID().String()
	unknown := uuid.NewString()
	_, err := w.super.Exec(t.Context(), "INSERT INTO tenancy.tenants SELECT gen_random_uuid(), 'closed', 'suspended', now(), 'x', now(), 'x'")
	require.NoError(t, err)
	var closed string
	require.NoError(t, w.super.QueryRow(t.Context(), "SELECT id::text FROM tenancy.tenants WHERE name = 'closed'").Scan(&closed))
	before := w.fingerprint(t, attestdb.TenantID{})
	switching := strings.Replace(sbomCall(acme, "new"), "ARRAY['me']", "ARRAY[left(set_config('attestdb.tenant_id', '"+closed+"', false), 4)]", 1)
	for _, c := range []struct{ name, setting, sql, code string }{
		{"another tenant", acme, sbomCall(globex, "new"), "AD002"},
		{"no tenant", "", sbomCall(acme, "new"), "AD002"},
		{"unknown tenant", unknown, sbomCall(unknown, "new"), "AD002"},
		{"suspended tenant", closed, sbomCall(closed, "new"), "AD003"},
		{"switched away", acme, switching, "AD002"},
	} {
		a := w.attacker(t)
		a.become(t, c.setting)
		o := a.try(t, c.sql, "")
		require.NotNil(t, o.pgError, c.name)
		require.Equal(t, c.code, o.pgError.Code, c.name)
		require.False(t, leaks(o.text), c.name)
	}
	require.Equal(t, before, w.fingerprint(t, attestdb.TenantID{}))
	// The victim's envelope is nobody's here, with a document beside it or without.
	content, err := w.globex.Attestor().Content(t.Context(), w.globexIDs[0])
	require.NoError(t, err)
	link := strings.Replace(sbomCall(acme, "mine"), noLinks, fmt.Sprintf(`ARRAY[1], ARRAY[sha256('\x%x')]`, content), 1)
	for _, sql := range []string{link, strings.Replace(link, "ARRAY['mine'::bytea]", "ARRAY[NULL::bytea]", 1)} {
		a := w.attacker(t)
		a.become(t, acme)
		o := a.try(t, sql, "")
		require.NotNil(t, o.pgError)
		require.Equal(t, "23514", o.pgError.Code)
		require.False(t, leaks(o.text))
	}
	require.Equal(t, before, w.fingerprint(t, attestdb.TenantID{}))

	_, err = w.db.Tenant(attestdb.TenantID(uuid.MustParse(closed))).ImportSBOM(t.Context(), wordySBOM(t, "x"))
	require.ErrorIs(t, err, attestdb.ErrTenantSuspended)
	_, err = w.db.Tenant(attestdb.TenantID(uuid.MustParse(unknown))).ImportSBOM(t.Context(), wordySBOM(t, "x"))
	require.ErrorIs(t, err, attestdb.ErrUnknownTenant)
}
