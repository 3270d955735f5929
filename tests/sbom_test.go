package tests

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/sbom"
	"stella-ops.org/attestdb/internal/testdb"
)

// component is one of a CycloneDX document that a test writes.
type component struct {
	Ref      string    `json:"bom-ref,omitempty"`
	Type     string    `json:"type"`
	Name     string    `json:"name"`
	Version  string    `json:"version,omitempty"`
	PURL     string    `json:"purl,omitempty"`
	Hashes   []hash    `json:"hashes,omitempty"`
	Licenses []licence `json:"licenses,omitempty"`
}

type hash struct {
	Alg     string `json:"alg"`
	Content string `json:"content"`
}

type licence struct {
	Expression string `json:"expression"`
}

// npm is the component of an npm package.
func npm(name, version string) component {
	sum := digest.Sum([]byte(name + version))
	return component{
		Ref: name + "@" + version, Type: "library", Name: name, Version: version, PURL: "pkg:npm/" + name + "@" + version,
		Hashes: []hash{{"SHA-256", hex.EncodeToString(sum[:])}}, Licenses: []licence{{"MIT OR Apache-2.0"}},
	}
}

// cycloneDX writes a document about the application name.
func cycloneDX(t testing.TB, name string, components ...component) []byte {
	t.Helper()
	raw, err := json.Marshal(map[string]any{
		"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": "urn:uuid:" + uuid.NewString(),
		"metadata":   map[string]any{"timestamp": "2026-01-31T12:00:00Z", "component": component{Type: "application", Name: name}},
		"components": components,
	})
	require.NoError(t, err)
	return raw
}

// attested is signed evidence whose predicate is an SBOM.
func attested(t testing.TB, signer *domaintest.Signer, artifact, predicateType string, predicate []byte) *attestor.Evidence {
	t.Helper()
	var st map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(domaintest.Statement(artifact, []byte(artifact)), &st))
	st["predicateType"], st["predicate"] = json.RawMessage(fmt.Sprintf("%q", predicateType)), predicate
	payload, err := json.Marshal(st)
	require.NoError(t, err)
	ev, err := attestor.Parse(signer.Envelope(attestor.PayloadTypeInToto, payload))
	require.NoError(t, err)
	return ev
}

func allComponents(t testing.TB, acme *attestdb.TenantDB, id uuid.UUID, limit int) []sbom.Component {
	t.Helper()
	var all []sbom.Component
	for p := (page.Request{Limit: limit}); ; {
		some, next, err := acme.Attestor().Components(t.Context(), id, p)
		require.NoError(t, err)
		for _, c := range some {
			require.Equal(t, len(all), c.Position)
			all = append(all, c.Component)
		}
		if next == "" {
			return all
		}
		p.Cursor = next
	}
}

// containing reads all pages of a search.
func containing(t testing.TB, acme *attestdb.TenantDB, q attestor.ComponentQuery, limit int) []attestor.Containment {
	t.Helper()
	var all []attestor.Containment
	for p := (page.Request{Limit: limit}); ; {
		found, err := acme.Attestor().Containing(t.Context(), q, p)
		require.NoError(t, err)
		require.LessOrEqual(t, len(found.Containments), limit)
		all = append(all, found.Containments...)
		if found.Next == "" {
			return all
		}
		p.Cursor = found.Next
	}
}

// Real documents come back with every component and byte, imported alone and as
// predicates.
func TestRealSBOMsComeBackWhole(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..", "shared", "data")
	if _, err := os.Stat(root); err != nil {
		t.Skipf("real documents are not at hand: %v", err)
	}
	database := testdb.New(t)
	db := openOn(t, database)
	alone, inEnvelopes := domaintest.Tenant(t, db, "acme"), domaintest.Tenant(t, db, "globex")
	signer := domaintest.NewSigner(t)
	n := 0
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".json" {
			return err
		}
		raw, err := os.ReadFile(path)
		require.NoError(t, err)
		doc, err := sbom.Parse(raw)
		if err != nil {
			require.False(t, strings.Contains(path, "spdx") || strings.Contains(path, "cyclonedx"), "%s: %s", path, err)
			return nil
		}
		n++
		rec, err := alone.ImportSBOM(t.Context(), raw)
		require.NoError(t, err, path)
		require.Equal(t, attestor.SBOMRecorded{ID: rec.ID, SHA256: digest.Sum(raw), Components: len(doc.Components), Unindexed: doc.Problems}, rec)
		require.Equal(t, doc.Components, allComponents(t, alone, rec.ID, 7), path)
		content, err := alone.Attestor().SBOMContent(t.Context(), rec.ID)
		require.NoError(t, err)
		require.Equal(t, raw, content)
		stored, err := alone.Attestor().SBOM(t.Context(), rec.ID)
		require.NoError(t, err)
		require.Equal(t, attestor.SBOM{
			ID: rec.ID, CreatedAt: stored.CreatedAt, RecordedBy: domaintest.Actor, SHA256: doc.SHA256, Size: doc.Size, Format: doc.Format,
			SpecVersion: doc.SpecVersion, SerialNumber: doc.SerialNumber, Name: doc.Name, StatedAt: doc.StatedAt, Components: len(doc.Components),
		}, stored)

		predicateType := map[sbom.Format]string{sbom.CycloneDX: "https://cyclonedx.org/bom/v1.4", sbom.SPDX: attestor.PredicateTypeSPDX}[doc.Format]
		ev := attested(t, signer, d.Name(), predicateType, raw)
		whole, err := inEnvelopes.Record(t.Context(), ev)
		require.NoError(t, err)
		require.NoError(t, whole.SBOM.Problem)
		require.Equal(t, doc.Components, allComponents(t, inEnvelopes, whole.SBOM.ID, 1000), path)
		content, err = inEnvelopes.Attestor().SBOMContent(t.Context(), whole.SBOM.ID)
		require.NoError(t, err)
		require.Equal(t, []byte(ev.Statement.Predicate), content)
		return nil
	}))
	require.GreaterOrEqual(t, n, 13)
}

func TestSBOMOfEvidenceIsRecordedWithIt(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	pool, turns := countingPool(t, database.URL("app"))
	db := openWith(t, attestdb.Config{App: attestdb.Conn{Pool: pool}, Admin: attestdb.Conn{URL: database.URL("admin")}})
	acme := domaintest.Tenant(t, db, "acme")
	signer := domaintest.NewSigner(t)
	verify := attestdb.Verify(signer.Verifier(t))
	record := func(artifact string, doc []byte) attestor.Recorded {
		t.Helper()
		rec, err := acme.Record(t.Context(), attested(t, signer, artifact, attestor.PredicateTypeCycloneDX, doc), verify)
		require.NoError(t, err)
		return rec
	}
	record("warm", cycloneDX(t, "warm", npm("warm", "1.0.0"))) // statements are prepared

	doc := cycloneDX(t, "app", npm("left-pad", "1.3.0"), npm("lodash", "4.17.20"))
	before := turns.Load()
	first := record("one", doc)
	require.EqualValues(t, 1, turns.Load()-before, "all of it is one round trip")
	require.Equal(t, 2, first.SBOM.Components)
	require.False(t, first.SBOM.Existed)

	// The same document under another envelope is the same SBOM, of both artifacts.
	second := record("two", doc)
	require.False(t, second.Existed)
	require.True(t, second.SBOM.Existed)
	require.Equal(t, first.SBOM.ID, second.SBOM.ID)
	again := record("one", doc)
	require.True(t, again.Existed)
	require.Equal(t, first.SBOM.ID, again.SBOM.ID)
	found := containing(t, acme, attestor.ComponentQuery{PURL: "pkg:npm/lodash@4.17.20"}, 1)
	require.Len(t, found, 2)
	require.Equal(t, "lodash", found[0].Component.Name)
	require.Equal(t, []string{"one", "two"}, []string{found[0].Artifact.Name, found[1].Artifact.Name})
	require.Equal(t, artifactDigest(t, "one"), found[0].Artifact.Digest)
	require.Equal(t, []uuid.UUID{first.ID, second.ID}, []uuid.UUID{found[0].EnvelopeID, found[1].EnvelopeID})
	require.Equal(t, 3, countRows(t, database, "sbom_entries"))
	require.Zero(t, countRows(t, database, "sbom_contents"), "an envelope has its bytes")

	// Imported alone as well, it gets its bytes and the artifact that the caller names.
	alone, err := acme.ImportSBOM(t.Context(), doc, attestdb.About("", artifactDigest(t, "three")))
	require.NoError(t, err)
	require.True(t, alone.Existed)
	require.Equal(t, first.SBOM.ID, alone.ID)
	_, err = acme.ImportSBOM(t.Context(), doc, attestdb.About("x", artifactDigest(t, "three"), artifactDigest(t, "four")))
	require.NoError(t, err)
	require.Equal(t, 1, countRows(t, database, "sbom_contents"))
	found = containing(t, acme, attestor.ComponentQuery{PURL: "pkg:npm/lodash"}, 3)
	names := make([]string, len(found))
	for i, f := range found {
		names[i] = f.Artifact.Name
	}
	require.Equal(t, []string{"one", "two", "app", "x"}, names)
	require.Equal(t, uuid.Nil, found[2].EnvelopeID)
	require.Equal(t, artifactDigest(t, "four"), found[3].Artifact.Digest)
	require.Equal(t, 3, countRows(t, database, "sbom_entries"), "nothing is added to an SBOM that is there")
}

// An envelope whose bytes were exchanged for others does not pass for the SBOM's.
func TestSBOMContentIsThatOfItsDigest(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	acme := domaintest.Tenant(t, openOn(t, database), "acme")
	signer := domaintest.NewSigner(t)
	record := func(name string) attestor.Recorded {
		t.Helper()
		rec, err := acme.Record(t.Context(), attested(t, signer, name, attestor.PredicateTypeCycloneDX, cycloneDX(t, name, npm(name, "1.0.0"))))
		require.NoError(t, err)
		return rec
	}
	a, b := record("a"), record("b")
	_, err := acme.Attestor().SBOMContent(t.Context(), a.SBOM.ID)
	require.NoError(t, err)
	conn := database.Conn(t, "superuser")
	_, err = conn.Exec(t.Context(), "SET session_replication_role = replica")
	require.NoError(t, err)
	tag, err := conn.Exec(t.Context(), `UPDATE attestor.envelope_contents c SET content = o.content
		FROM attestor.envelope_contents o WHERE c.id = $1 AND o.id = $2`, a.ID, b.ID)
	require.NoError(t, err)
	require.EqualValues(t, 1, tag.RowsAffected())
	content, err := acme.Attestor().SBOMContent(t.Context(), a.SBOM.ID)
	require.ErrorIs(t, err, attestdb.ErrNotFound)
	require.Nil(t, content)
	_, err = acme.Attestor().SBOMContent(t.Context(), b.SBOM.ID)
	require.NoError(t, err)
}

// What should be an SBOM and is none does not keep evidence out.
func TestEvidenceIsKeptThoughItsSBOMIsUnreadable(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	acme := domaintest.Tenant(t, openOn(t, database), "acme")
	signer := domaintest.NewSigner(t)
	for name, c := range map[string]struct{ predicateType, predicate, field, problem string }{
		"spdx 3":         {attestor.PredicateTypeSPDX + "/v3.0", `{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[]}`, "payload.predicate.@context", "SPDX 3"},
		"spdx 3's names": {attestor.PredicateTypeSPDX + "/v3.0", `{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[{"type":"SpdxDocument","spdxId":"https://example.com/d"}]}`, "payload.predicate.@context", "SPDX 3"},
		"old":            {attestor.PredicateTypeCycloneDX, `{"bomFormat":"CycloneDX","specVersion":"1.2"}`, "payload.predicate.specVersion", "1.2"},
		"missing":        {attestor.PredicateTypeCycloneDX, `null`, "payload.predicate", "missing"},
	} {
		ev := attested(t, signer, name, c.predicateType, []byte(c.predicate))
		rec, err := acme.Record(t.Context(), ev)
		require.NoError(t, err)
		var invalid *attestdb.InvalidError
		require.ErrorAs(t, rec.SBOM.Problem, &invalid)
		require.Equal(t, c.field, invalid.Field)
		require.Contains(t, invalid.Problem, c.problem)
		content, err := acme.Attestor().Content(t.Context(), rec.ID)
		require.NoError(t, err)
		require.Equal(t, ev.Content, content)
	}
	rec, err := acme.Record(t.Context(), attested(t, signer, "other", attestor.PredicateTypeCycloneDX+"s", []byte(`{}`)))
	require.NoError(t, err)
	require.Nil(t, rec.SBOM)
	require.Zero(t, countRows(t, database, "sboms"))

	_, err = acme.ImportSBOM(t.Context(), []byte(`{"spdxVersion":"SPDX-3.0"}`))
	require.ErrorIs(t, err, attestdb.ErrInvalid)
	_, err = acme.ImportSBOM(t.Context(), cycloneDX(t, "x"), attestdb.About("", digest.Digest{}))
	require.ErrorIs(t, err, attestdb.ErrInvalid)
}

func TestRecordAllRecordsSBOMs(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	pool, turns := countingPool(t, database.URL("app"))
	db := openWith(t, attestdb.Config{App: attestdb.Conn{Pool: pool}, Admin: attestdb.Conn{URL: database.URL("admin")}})
	acme := domaintest.Tenant(t, db, "acme")
	signer := domaintest.NewSigner(t)
	shared := cycloneDX(t, "shared", npm("shared", "1.0.0"))
	var evs []*attestor.Evidence
	for i := range 1000 {
		doc := shared
		if i%2 == 0 {
			doc = cycloneDX(t, "app", npm("a", fmt.Sprintf("1.0.%d", i)), npm("b", fmt.Sprintf("1.0.%d", i)))
		}
		evs = append(evs, attested(t, signer, fmt.Sprint("artifact-", i), attestor.PredicateTypeCycloneDX, doc))
	}
	_, err := acme.RecordAll(t.Context(), evs[:1])
	require.NoError(t, err)
	before := turns.Load()
	recs, err := acme.RecordAll(t.Context(), evs)
	require.NoError(t, err)
	require.LessOrEqual(t, turns.Load()-before, int64(6))
	fresh := 0
	for i, rec := range recs {
		require.NoError(t, rec.SBOM.Problem)
		require.Equal(t, 2-i%2, rec.SBOM.Components)
		if !rec.SBOM.Existed {
			fresh++
		}
		require.Equal(t, i%2 == 1, rec.SBOM.ID == recs[1].SBOM.ID)
	}
	require.Equal(t, 500, fresh, "one was there; of 500 with the same document one was first")
	require.Equal(t, 501, countRows(t, database, "sboms"))
	require.Equal(t, 1001, countRows(t, database, "sbom_entries"))
	require.Equal(t, 1000, countRows(t, database, "sbom_artifacts"))
	require.Len(t, containing(t, acme, attestor.ComponentQuery{PURL: "pkg:npm/shared"}, 77), 500)
}
