package tests

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/sbom"
	"stella-ops.org/attestdb/internal/testdb"
)

func versRange(t testing.TB, s string) sbom.Range {
	t.Helper()
	r, err := sbom.ParseRange(s)
	require.NoError(t, err)
	return r
}

func versionsOf(found attestor.ComponentPage) []string {
	var versions []string
	for _, c := range found.Components {
		versions = append(versions, c.Version)
	}
	slices.Sort(versions)
	return versions
}

func TestComponentsAreFoundByWhatTheyAre(t *testing.T) {
	t.Parallel()
	acme := domaintest.Tenant(t, openOn(t, testdb.New(t)), "acme")
	amd := component{Type: "library", Name: "curl", Version: "7.88.1-10", PURL: "pkg:deb/debian/curl@7.88.1-10?arch=amd64"}
	arm := component{Type: "library", Name: "curl", Version: "7.88.1-10", PURL: "pkg:deb/debian/curl@7.88.1-10?arch=arm64"}
	for _, c := range []component{
		npm("lodash", "4.17.20"), npm("lodash", "4.17.21"), npm("lodash", "4.9.0"), npm("lodash", "latest"), npm("lodash-es", "4.17.20"), amd, arm,
		{Type: "file", Name: "lodash", Version: "4.17.20"}, {Type: "library", Name: "lodash", PURL: "pkg:npm/lodash"},
	} {
		_, err := acme.ImportSBOM(t.Context(), cycloneDX(t, "app-"+c.Name+c.Version, c))
		require.NoError(t, err)
	}
	find := func(q attestor.ComponentQuery) attestor.ComponentPage {
		t.Helper()
		found, err := acme.Attestor().FindComponents(t.Context(), q, page.Request{})
		require.NoError(t, err)
		held, err := acme.Attestor().Containing(t.Context(), q, page.Request{})
		require.NoError(t, err)
		require.Equal(t, found.Skipped, held.Skipped)
		require.Len(t, held.Containments, len(found.Components))
		for i, c := range held.Containments {
			require.Equal(t, found.Components[i], c.Component)
			require.Equal(t, "app-"+c.Component.Name+c.Component.Version, c.Artifact.Name)
		}
		return found
	}
	require.Equal(t, []string{"4.17.20"}, versionsOf(find(attestor.ComponentQuery{PURL: "pkg:npm/lodash@4.17.20"})))
	require.Equal(t, []string{"", "4.17.20", "4.17.21", "4.9.0", "latest"}, versionsOf(find(attestor.ComponentQuery{PURL: "pkg:npm/lodash"})))
	require.Empty(t, find(attestor.ComponentQuery{PURL: "pkg:npm/nothing"}).Components)
	found := find(attestor.ComponentQuery{PURL: "pkg:npm/lodash", Range: versRange(t, "vers:npm/>=4.10.0|<4.17.21")})
	require.Equal(t, []string{"4.17.20"}, versionsOf(found))
	require.Equal(t, []string{"", "latest"}, found.Skipped, "nobody can say whether they are in the range")
	require.Len(t, find(attestor.ComponentQuery{PURL: "pkg:deb/debian/curl@7.88.1-10"}).Components, 2)
	found = find(attestor.ComponentQuery{PURL: "pkg:deb/debian/curl@7.88.1-10?arch=arm64"})
	require.Len(t, found.Components, 1)
	require.Equal(t, arm.PURL, found.Components[0].PURL)
	require.Len(t, find(attestor.ComponentQuery{PURL: "pkg:deb/debian/curl", Range: versRange(t, "vers:deb/<7.88.1-10+deb12u5")}).Components, 2)

	sum, err := digest.New("sha256", digest.Sum([]byte("lodash4.17.21")).String())
	require.NoError(t, err)
	require.Equal(t, []string{"4.17.21"}, versionsOf(find(attestor.ComponentQuery{Digest: sum})))
	require.Len(t, find(attestor.ComponentQuery{Licence: "MIT OR Apache-2.0"}).Components, 5)
	require.Len(t, find(attestor.ComponentQuery{Licence: "Apache-2.0"}).Components, 5, "named within an expression")
	require.Empty(t, find(attestor.ComponentQuery{Licence: "Apache"}).Components)

	for name, q := range map[string]attestor.ComponentQuery{
		"nothing":              {},
		"two":                  {PURL: "pkg:npm/a", Licence: "MIT"},
		"no purl":              {PURL: "lodash"},
		"range alone":          {Licence: "MIT", Range: versRange(t, "vers:npm/*")},
		"range and version":    {PURL: "pkg:npm/a@1", Range: versRange(t, "vers:npm/*")},
		"range and qualifiers": {PURL: "pkg:npm/a?b=c", Range: versRange(t, "vers:npm/*")},
		"other scheme":         {PURL: "pkg:npm/a", Range: versRange(t, "vers:deb/*")},
		"other package type":   {PURL: "pkg:gem/a", Range: versRange(t, "vers:semver/*")},
		"NUL":                  {Licence: "a\x00"},
	} {
		_, err := acme.Attestor().FindComponents(t.Context(), q, page.Request{})
		require.ErrorIs(t, err, attestdb.ErrInvalid, name)
		_, err = acme.Attestor().Containing(t.Context(), q, page.Request{})
		require.ErrorIs(t, err, attestdb.ErrInvalid, name)
	}
	many, err := acme.Attestor().FindComponents(t.Context(), attestor.ComponentQuery{Licence: "MIT"}, page.Request{Limit: 2})
	require.NoError(t, err)
	require.NotEmpty(t, many.Next)
	_, err = acme.Attestor().FindComponents(t.Context(), attestor.ComponentQuery{Licence: "Apache-2.0"}, page.Request{Cursor: many.Next})
	require.ErrorIs(t, err, attestdb.ErrInvalid, "a cursor of another list")
	_, err = acme.Attestor().Containing(t.Context(), attestor.ComponentQuery{Licence: "MIT"}, page.Request{Cursor: many.Next})
	require.ErrorIs(t, err, attestdb.ErrInvalid)
	_, err = acme.Attestor().SBOM(t.Context(), uuid.New())
	require.ErrorIs(t, err, attestdb.ErrNotFound)
	_, err = acme.Attestor().SBOMContent(t.Context(), uuid.New())
	require.ErrorIs(t, err, attestdb.ErrNotFound)
}

// Epochs and other qualifiers hide no component from who does not name them, and a
// package URL with qualifiers but no version is answered.
func TestComponentsAreFoundWithoutTheirQualifiers(t *testing.T) {
	t.Parallel()
	acme := domaintest.Tenant(t, openOn(t, testdb.New(t)), "acme")
	var components []component
	for _, purl := range []string{
		"pkg:rpm/centos/bind@9.11-1?epoch=32", "pkg:rpm/centos/bind@9.11-1?arch=x86_64&epoch=33", "pkg:rpm/centos/bind@9.11-1", "pkg:rpm/centos/bind@9.11-2?epoch=32",
		"pkg:deb/ubuntu/login@4.8?epoch=1", "pkg:deb/ubuntu/login@1:4.8", "pkg:deb/ubuntu/login@4.9",
		"pkg:deb/debian/curl@7.50?arch=amd64", "pkg:deb/debian/curl@7.60?arch=amd64", "pkg:deb/debian/curl@7.60?arch=arm64", "pkg:deb/debian/curl@7.60?arch=amd64#lib",
		"pkg:deb/debian/curl?arch=amd64", "pkg:deb/debian/curl", "pkg:npm/x@1:2",
	} {
		components = append(components, component{Type: "library", Name: "x", PURL: purl})
	}
	_, err := acme.ImportSBOM(t.Context(), cycloneDX(t, "app", components...))
	require.NoError(t, err)
	for asked, want := range map[string][]string{
		"pkg:rpm/centos/bind@9.11-1":          {"pkg:rpm/centos/bind@9.11-1", "pkg:rpm/centos/bind@9.11-1?arch=x86_64&epoch=33", "pkg:rpm/centos/bind@9.11-1?epoch=32"},
		"pkg:rpm/centos/bind@32:9.11-1":       {"pkg:rpm/centos/bind@9.11-1?epoch=32"},
		"pkg:rpm/centos/bind@9.11-1?epoch=32": {"pkg:rpm/centos/bind@9.11-1?epoch=32"},
		"pkg:rpm/centos/bind@9.11-1?epoch=0":  nil,
		"pkg:rpm/centos/bind?epoch=32":        {"pkg:rpm/centos/bind@9.11-1?epoch=32", "pkg:rpm/centos/bind@9.11-2?epoch=32"},
		"pkg:rpm/centos/bind@9.11-3":          nil,
		"pkg:deb/ubuntu/login@4.8":            {"pkg:deb/ubuntu/login@1:4.8", "pkg:deb/ubuntu/login@4.8?epoch=1"},
		"pkg:deb/ubuntu/login@1:4.8":          {"pkg:deb/ubuntu/login@1:4.8", "pkg:deb/ubuntu/login@4.8?epoch=1"},
		"pkg:deb/debian/curl?arch=amd64":      {"pkg:deb/debian/curl?arch=amd64", "pkg:deb/debian/curl@7.50?arch=amd64", "pkg:deb/debian/curl@7.60?arch=amd64"},
		"pkg:deb/debian/curl?arch=amd64#lib":  {"pkg:deb/debian/curl@7.60?arch=amd64#lib"},
		"pkg:deb/debian/curl?arch=riscv64":    nil,
		"pkg:npm/x@2":                         nil,
	} {
		var found []string
		for _, c := range containing(t, acme, attestor.ComponentQuery{PURL: asked}, 2) {
			found = append(found, c.Component.PURL)
		}
		slices.Sort(found)
		require.Equal(t, want, found, asked)
	}
	in := containing(t, acme, attestor.ComponentQuery{PURL: "pkg:deb/ubuntu/login", Range: versRange(t, "vers:deb/<1:4.0")}, 9)
	require.Len(t, in, 1, "1:4.8 is above, as a qualifier says the epoch too")
	require.Equal(t, "pkg:deb/ubuntu/login@4.9", in[0].Component.PURL)
}

// Whatever is stored and whatever comes between two pages: nothing is told twice,
// and nothing that was there is passed over.
func TestPagesOfArtifactsAreWhole(t *testing.T) {
	t.Parallel()
	acme := domaintest.Tenant(t, openOn(t, testdb.New(t)), "acme")
	n := 0
	store := func(sboms int) map[string]bool {
		want := map[string]bool{}
		for range sboms {
			n++
			var components []component
			for range rand.IntN(4) {
				components = append(components, npm("lodash", fmt.Sprintf("4.%d.0", rand.IntN(5))), npm("other", "1.0.0"))
			}
			var artifacts []digest.Digest
			for a := range 1 + rand.IntN(6) {
				artifacts = append(artifacts, artifactDigest(t, fmt.Sprint(n, "-", a)))
			}
			rec, err := acme.ImportSBOM(t.Context(), cycloneDX(t, fmt.Sprint("app-", n), components...), attestdb.About("x", artifacts...))
			require.NoError(t, err)
			for position, c := range components {
				for _, a := range artifacts {
					if c.Name == "lodash" {
						want[fmt.Sprint(rec.ID, position, a)] = true
					}
				}
			}
		}
		return want
	}
	for round := range 6 {
		old := store(15)
		limit := 1 + rand.IntN(9)
		q := attestor.ComponentQuery{PURL: "pkg:npm/lodash", Range: versRange(t, "vers:npm/*")}
		seen := map[string]bool{}
		var last attestor.Component
		for p := (page.Request{Limit: limit}); ; {
			found, err := acme.Attestor().Containing(t.Context(), q, p)
			require.NoError(t, err)
			require.LessOrEqual(t, len(found.Containments), limit)
			for i, c := range found.Containments {
				key := fmt.Sprint(c.Component.SBOMID, c.Component.Position, c.Artifact.Digest)
				require.False(t, seen[key], "round %d, limit %d: twice", round, limit)
				seen[key] = true
				require.True(t, len(seen) == 1 || !c.Component.CreatedAt.After(last.CreatedAt), i)
				last = c.Component
			}
			if found.Next == "" {
				break
			}
			if rand.IntN(10) == 0 {
				store(1)
			}
			p.Cursor = found.Next
		}
		for key := range old {
			require.True(t, seen[key], "round %d, limit %d: passed over", round, limit)
		}

		// Components alone, of which no more come now.
		want, err := acme.Attestor().FindComponents(t.Context(), q, page.Request{Limit: page.MaxLimit})
		require.NoError(t, err)
		require.Empty(t, want.Next)
		var paged []attestor.Component
		for p := (page.Request{Limit: limit}); ; {
			found, err := acme.Attestor().FindComponents(t.Context(), q, p)
			require.NoError(t, err)
			paged = append(paged, found.Components...)
			if p.Cursor = found.Next; p.Cursor == "" {
				break
			}
			require.Len(t, found.Components, limit)
			require.LessOrEqual(t, len(paged), len(want.Components))
		}
		require.Equal(t, want.Components, paged)
	}
}

// What is written comes back, whatever it is.
func TestWrittenComponentsComeBackExactly(t *testing.T) {
	t.Parallel()
	acme := domaintest.Tenant(t, openOn(t, testdb.New(t)), "acme")
	words := []string{"", "a", "Ä ö", "x y\tz", "\u202e", "'; DROP TABLE x; --", "{\"a\":[1]}", "\\", "%s", "NULL", "日本語"}
	word := func() string { return words[rand.IntN(len(words))] }
	for range 15 {
		var written []component
		var want []sbom.Component
		for range rand.IntN(40) {
			w := component{Ref: word(), Type: words[1+rand.IntN(len(words)-1)], Name: word(), Version: word()}
			c := sbom.Component{Ref: w.Ref, Type: w.Type, Name: w.Name, Version: w.Version}
			if rand.IntN(2) == 0 {
				version := fmt.Sprint(rand.IntN(3), ".", rand.IntN(3))
				w.PURL = "pkg:npm/%40scope/name" + fmt.Sprint(rand.IntN(5)) + "@" + version
				key, _, _ := strings.Cut(w.PURL, "@"+version)
				c.PURL, c.Package = w.PURL, sbom.Package{PURL: w.PURL, Type: "npm", Key: key, Version: version}
			}
			for _, text := range []string{"a", "b", "c"}[:rand.IntN(4)] {
				sum := digest.Sum([]byte(text + w.Name)).String()
				w.Hashes = append(w.Hashes, hash{"SHA-256", sum})
				d, err := digest.New("sha256", sum)
				require.NoError(t, err)
				c.Digests = append(c.Digests, d)
			}
			slices.SortFunc(c.Digests, func(a, b digest.Digest) int { return strings.Compare(a.String(), b.String()) })
			for _, l := range []string{"MIT", "MIT OR Apache-2.0", "Our own, 2.0"}[:rand.IntN(4)] {
				w.Licenses = append(w.Licenses, licence{l})
				c.Licences = append(c.Licences, l)
			}
			written, want = append(written, w), append(want, c)
		}
		rec, err := acme.ImportSBOM(t.Context(), cycloneDX(t, word(), written...))
		require.NoError(t, err)
		require.Equal(t, want, allComponents(t, acme, rec.ID, 1+rand.IntN(10)))
	}
}

// fillSBOMs gives a tenant n components in SBOMs of ten, past keys and
// triggers, and has the planner know.
func fillSBOMs(t testing.TB, database *testdb.DB, tenant attestdb.TenantID, n int) {
	t.Helper()
	ctx := context.Background()
	conn := database.Conn(t, "superuser")
	_, err := conn.Exec(ctx, "SET session_replication_role = replica")
	require.NoError(t, err)
	_, err = conn.Exec(ctx, `CREATE TEMPORARY TABLE fresh AS
		SELECT s.id AS sbom, s.at, gen_random_uuid() AS id, p, s.n * 10 + p AS n
		  FROM (SELECT gen_random_uuid() AS id, now() - n * interval '1 second' AS at, n FROM generate_series(1, $1 / 10) n) s,
		       generate_series(0, 9) p`, n)
	require.NoError(t, err)
	for _, sql := range []string{
		`INSERT INTO attestor.sboms SELECT DISTINCT ON (sbom) $1::uuid, sbom, at, sha256(uuid_send(sbom)), 9, 'spdx', '2.3', 's', 'n', at, 10, NULL FROM fresh`,
		`INSERT INTO attestor.sbom_contents SELECT DISTINCT ON (sbom) $1::uuid, sbom, at, '\x00'::bytea FROM fresh`,
		`INSERT INTO attestor.sbom_entries SELECT $1, id, at, sbom, p, 'r', 'library', 'n', '1.0.' || n % 7,
		  'pkg:npm/p' || n % 997 || '@1.0.' || n % 7, 'pkg:npm/p' || n % 997, '1.0.' || n % 7 FROM fresh`,
		`INSERT INTO attestor.sbom_entry_digests SELECT $1, gen_random_uuid(), at, id, 0, 'sha256', sha256((n % 1009)::text::bytea) FROM fresh`,
		`INSERT INTO attestor.sbom_entry_licences SELECT $1, gen_random_uuid(), at, id, 0, true, CASE n % 3 WHEN 0 THEN 'L' || n % 211 ELSE 'MIT' END FROM fresh`,
		`INSERT INTO attestor.sbom_artifacts SELECT $1, gen_random_uuid(), at, sbom, NULL, 'n', 'sha256', sha256(uuid_send(id)) FROM fresh WHERE p < 5`,
	} {
		_, err = conn.Exec(ctx, sql, uuid.UUID(tenant))
		require.NoError(t, err, sql)
	}
	_, err = conn.Exec(ctx, "DROP TABLE fresh")
	require.NoError(t, err)
	_, err = conn.Exec(ctx, "VACUUM ANALYZE")
	require.NoError(t, err)
}

func TestSBOMStatementsUseIndexes(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	var tap wiretap
	db, acme := openTapped(t, database, &tap)
	fillTables(t, database, acme.ID(), 5_000)
	fillSBOMs(t, database, acme.ID(), 60_000)
	fillSBOMs(t, database, domaintest.Tenant(t, db, "globex").ID(), 20_000)
	fillTenants(t, database)
	ctx := t.Context()
	doc := cycloneDX(t, "app", npm("lodash", "4.17.20"))
	tap.take()
	rec, err := acme.ImportSBOM(ctx, doc)
	require.NoError(t, err)
	sum, err := digest.New("sha256", digest.Sum([]byte("lodash4.17.20")).String())
	require.NoError(t, err)
	search := func() {
		for _, q := range []attestor.ComponentQuery{
			{PURL: "pkg:npm/lodash@4.17.20"}, {PURL: "pkg:npm/p5"}, {PURL: "pkg:npm/lodash@4.17.20?a=b"}, {PURL: "pkg:npm/lodash?a=b"}, {PURL: "pkg:deb/debian/curl@1?a=b"}, {PURL: "pkg:rpm/redhat/a@1"},
			{PURL: "pkg:npm/p6", Range: versRange(t, "vers:npm/>=1.0.2")}, {Digest: sum}, {Licence: "MIT"}, {Licence: "L3"},
		} {
			first, err := acme.Attestor().FindComponents(ctx, q, page.Request{Limit: 3})
			require.NoError(t, err)
			_, err = acme.Attestor().FindComponents(ctx, q, page.Request{Cursor: first.Next})
			require.NoError(t, err)
			held, err := acme.Attestor().Containing(ctx, q, page.Request{Limit: 3})
			require.NoError(t, err)
			_, err = acme.Attestor().Containing(ctx, q, page.Request{Cursor: held.Next})
			require.NoError(t, err)
		}
	}
	search()
	_, err = acme.Attestor().SBOM(ctx, rec.ID)
	require.NoError(t, err)
	_, err = acme.Attestor().SBOMIDBySHA256(ctx, rec.SHA256)
	require.NoError(t, err)
	_, err = acme.Attestor().SBOMContent(ctx, rec.ID)
	require.NoError(t, err)
	_, _, err = acme.Attestor().Components(ctx, rec.ID, page.Request{})
	require.NoError(t, err)
	sent := tap.take()
	require.GreaterOrEqual(t, len(sent), 36)
	for _, s := range sent {
		explainApp(t, database, acme.ID(), s.sql, s.args...)
	}

	// The rule can fail: without their indexes, searches read what they throw away.
	_, err = database.Conn(t, "superuser").Exec(ctx, `DROP INDEX attestor.sbom_entries_package_idx,
		attestor.sbom_entry_digests_digest_idx, attestor.sbom_entry_licences_licence_idx`)
	require.NoError(t, err)
	search()
	for _, s := range tap.take() {
		require.NotEmpty(t, planFaults(t, database, acme.ID(), s.sql, s.args), s.sql)
	}
}

// What record_sboms does inside reads by indexes alone, however much is there.
func TestRecordingSBOMsReadsNoTableFromEndToEnd(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	db, acme := openTapped(t, database, nil)
	fillTables(t, database, acme.ID(), 20_000)
	fillSBOMs(t, database, acme.ID(), 100_000)
	fillTenants(t, database)
	ev := attested(t, domaintest.NewSigner(t), "a", attestor.PredicateTypeCycloneDX, cycloneDX(t, "app", npm("a", "1.0.0"), npm("b", "1.0.0")))
	doc := cycloneDX(t, "app", npm("a", "1.0.0"), npm("b", "1.0.0"))
	pool := database.Pool(t, "app")
	for _, existed := range []bool{false, true} {
		tx := begin(t, pool)
		h, err := db.TenantTx(t.Context(), tx, acme.ID())
		require.NoError(t, err)
		rec, err := h.Record(t.Context(), ev)
		require.NoError(t, err)
		require.Equal(t, existed, rec.SBOM.Existed)
		alone, err := h.ImportSBOM(t.Context(), doc)
		require.NoError(t, err)
		require.Equal(t, existed, alone.Existed)
		rows, err := tx.Query(t.Context(), `SELECT relname::text || ': ' || seq_scan || ' scans, ' || coalesce(idx_tup_fetch, 0) || ' rows by index'
			FROM pg_stat_xact_user_tables WHERE schemaname = ANY ('{tenancy,attestor}')
			  AND (seq_scan > 0 OR idx_tup_fetch > 30)`)
		require.NoError(t, err)
		found, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		require.Empty(t, found)
		require.NoError(t, tx.Commit(t.Context()))
	}
}
