package tests

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/internal/testdb"
)

// Whatever stands before them, all artifacts are on some page: SBOMs about none, and
// components that have what is looked for more than once.
func TestNoComponentHidesThoseBehindIt(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	acme := domaintest.Tenant(t, openOn(t, database), "acme")
	doc := []byte(`{"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{"component":{"type":"application","name":"app"}},
		"components":[{"type":"library","name":"a","version":"1","purl":"pkg:npm/a@1","licenses":[{"license":{"id":"MIT"}}],
		"hashes":[{"alg":"SHA-256","content":"` + digest.Sum([]byte("a")).String() + `"}]}]}`)
	genuine, err := acme.ImportSBOM(t.Context(), doc)
	require.NoError(t, err)
	// No function of the database lets any of it in.
	conn := database.Conn(t, "superuser")
	want := map[uuid.UUID]bool{genuine.ID: true}
	for range 7 {
		sbom, entry := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
		tx, err := conn.Begin(t.Context()) // which has one time
		require.NoError(t, err)
		for _, sql := range []string{
			`INSERT INTO attestor.sboms SELECT tenant_id, $1::uuid, now(), sha256($1::uuid::text::bytea), 1, format, spec_version, NULL, 'x', NULL, 1, NULL
			   FROM attestor.sboms WHERE $2::uuid IS NOT NULL LIMIT 1`,
			`INSERT INTO attestor.sbom_entries (tenant_id, id, created_at, sbom_id, position, ref, type, name, version, purl, package_key, package_version)
			 SELECT tenant_id, $2::uuid, now(), $1::uuid, 0, '', 'library', 'a', '1', 'pkg:npm/a@1', 'pkg:npm/a', '1' FROM attestor.sboms WHERE id = $1::uuid`,
			`INSERT INTO attestor.sbom_entry_digests (tenant_id, id, created_at, entry_id, position, algorithm, digest)
			 SELECT tenant_id, gen_random_uuid(), now(), $2::uuid, n, 'sha256', sha256('a') FROM attestor.sboms, generate_series(0, 11) n WHERE id = $1::uuid`,
			`INSERT INTO attestor.sbom_entry_licences (tenant_id, id, created_at, entry_id, position, stated, licence)
			 SELECT tenant_id, gen_random_uuid(), now(), $2::uuid, n, true, 'MIT' FROM attestor.sboms, generate_series(0, 11) n WHERE id = $1::uuid`,
		} {
			_, err := tx.Exec(t.Context(), sql, sbom, entry)
			require.NoError(t, err, sql)
		}
		require.NoError(t, tx.Commit(t.Context()))
		want[sbom] = true
	}
	for name, q := range map[string]attestor.ComponentQuery{
		"purl": {PURL: "pkg:npm/a"}, "digest": {Digest: artifactDigest(t, "a")}, "licence": {Licence: "MIT"},
	} {
		for limit := 1; limit < 10; limit++ {
			name := fmt.Sprintf("%s, %d a page", name, limit)
			found := map[uuid.UUID]bool{}
			for p := (page.Request{Limit: limit}); ; {
				some, err := acme.Attestor().Containing(t.Context(), q, p)
				require.NoError(t, err)
				require.NotEmpty(t, some.Containments, name)
				for _, c := range some.Containments {
					require.False(t, found[c.Component.SBOMID], "%s: twice", name)
					found[c.Component.SBOMID] = true
					require.Equal(t, c.Component.SBOMID == genuine.ID, c.Artifact.Name == "app", name)
				}
				if p.Cursor = some.Next; p.Cursor == "" {
					break
				}
			}
			require.Equal(t, want, found, name)
			components, err := acme.Attestor().FindComponents(t.Context(), q, page.Request{Limit: page.MaxLimit})
			require.NoError(t, err)
			require.Len(t, components.Components, len(want), name)
		}
	}
}

// Any id is that of an artifact: pages begin at it and not behind the one before.
func TestArtifactsOfTheFirstAndTheLastIDAreFound(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	acme := domaintest.Tenant(t, openOn(t, database), "acme")
	rec, err := acme.ImportSBOM(t.Context(), []byte(`{"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{"component":{"type":"application","name":"app"}},
		"components":[{"type":"library","name":"a","version":"1","purl":"pkg:npm/a@1"},{"type":"library","name":"a2","version":"2","purl":"pkg:npm/a@2"}]}`))
	require.NoError(t, err)
	_, err = database.Conn(t, "superuser").Exec(t.Context(), `INSERT INTO attestor.sbom_artifacts (tenant_id, id, created_at, sbom_id, name, algorithm, digest)
		SELECT tenant_id, i.id, created_at, sbom_id, i.id::text, 'sha256', sha256(i.id::text::bytea)
		  FROM attestor.sbom_artifacts, unnest($1::uuid[]) AS i (id)`, []string{uuid.Nil.String(), uuid.Max.String()})
	require.NoError(t, err)
	for limit := 1; limit < 8; limit++ {
		held := containing(t, acme, attestor.ComponentQuery{PURL: "pkg:npm/a"}, limit)
		var names []string
		for _, c := range held {
			require.Equal(t, rec.ID, c.Component.SBOMID)
			names = append(names, c.Artifact.Name)
		}
		require.Equal(t, []string{uuid.Nil.String(), "app", uuid.Max.String(), uuid.Nil.String(), "app", uuid.Max.String()}, names, "%d a page", limit)
	}
}
