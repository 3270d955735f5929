package tests

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/sbom"
)

// bareSBOMTables are those of SBOMs with the same columns, keys, indexes and foreign
// keys, and nothing else.
const bareSBOMTables = `
CREATE TABLE public.sboms (LIKE attestor.sboms INCLUDING INDEXES);
CREATE TABLE public.sbom_contents (LIKE attestor.sbom_contents INCLUDING INDEXES);
CREATE TABLE public.sbom_entries (LIKE attestor.sbom_entries INCLUDING INDEXES);
CREATE TABLE public.sbom_entry_digests (LIKE attestor.sbom_entry_digests INCLUDING INDEXES);
CREATE TABLE public.sbom_entry_licences (LIKE attestor.sbom_entry_licences INCLUDING INDEXES);
ALTER TABLE public.sbom_contents ADD FOREIGN KEY (tenant_id, id) REFERENCES public.sboms;
ALTER TABLE public.sbom_entries ADD FOREIGN KEY (tenant_id, sbom_id) REFERENCES public.sboms;
ALTER TABLE public.sbom_entry_digests ADD FOREIGN KEY (tenant_id, entry_id) REFERENCES public.sbom_entries;
ALTER TABLE public.sbom_entry_licences ADD FOREIGN KEY (tenant_id, entry_id) REFERENCES public.sbom_entries`

func BenchmarkImportSBOMOf94AgainstBareUnnest(b *testing.B)   { benchmarkImport(b, 94, 20) }
func BenchmarkImportSBOMOf5000AgainstBareUnnest(b *testing.B) { benchmarkImport(b, 5000, 1) }

// benchmarkImport compares components per second, parsing and all, with the mere
// storing of the same rows. Each component has a digest and a licence.
func benchmarkImport(b *testing.B, size, documents int) {
	s := startSteadyServer(b)
	db := s.open(b, 2)
	acme := domaintest.Tenant(b, db, "acme")
	s.exec(b, ownDatabase, bareSBOMTables)
	pool := s.pool(b, 1)
	ctx := context.Background()
	write := func() [][]byte {
		docs := make([][]byte, documents)
		for d := range docs {
			components := make([]component, size)
			for i := range components {
				components[i] = npm(fmt.Sprint("package-", i), fmt.Sprintf("1.%d.0", i%50))
				components[i].Licenses = []licence{{"MIT"}}
			}
			docs[d] = cycloneDX(b, "app", components...)
		}
		return docs
	}
	for b.Loop() {
		ours, bare, ratio := compare(b,
			func(int) float64 {
				docs := write()
				began := time.Now()
				for _, doc := range docs {
					_, err := acme.ImportSBOM(ctx, doc)
					require.NoError(b, err)
				}
				return float64(size*documents) / time.Since(began).Seconds()
			},
			func(turn int) float64 {
				if turn == 1 {
					// As autovacuum does: the plans of empty tables, for foreign keys above
					// all, would be compared with ours, which are renewed.
					s.exec(b, ownDatabase, "ANALYZE")
				}
				docs := write()
				parsed := make([]*sbom.Document, len(docs))
				for i, doc := range docs {
					var err error
					parsed[i], err = sbom.Parse(doc)
					require.NoError(b, err)
				}
				began := time.Now()
				for i, doc := range docs {
					require.NoError(b, bareUnnestSBOM(ctx, pool, acme.ID().UUID(), doc, parsed[i]))
				}
				return float64(size*documents) / time.Since(began).Seconds()
			})
		report(b, "components", ours, bare, ratio, 0.5)
	}
}

// bareUnnestSBOM stores an SBOM whose components have a digest and a licence each.
func bareUnnestSBOM(ctx context.Context, pool *pgxpool.Pool, tenant uuid.UUID, raw []byte, d *sbom.Document) error {
	var (
		n                                = len(d.Components)
		id, now                          = uuid.Must(uuid.NewV7()), time.Now()
		ids, sumIDs, licenceIDs          = make([]uuid.UUID, n), make([]uuid.UUID, n), make([]uuid.UUID, n)
		positions                        = make([]int32, n)
		refs, types, names, versions     = make([]string, n), make([]string, n), make([]string, n), make([]string, n)
		purls, keys, packages, algs, lic = make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
		sums                             = make([][]byte, n)
	)
	for i, c := range d.Components {
		ids[i], sumIDs[i], licenceIDs[i] = uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
		positions[i] = int32(i)
		refs[i], types[i], names[i], versions[i] = c.Ref, c.Type, c.Name, c.Version
		purls[i], keys[i], packages[i] = c.PURL, c.Package.Key, c.Package.Version
		algs[i], sums[i], lic[i] = c.Digests[0].Algorithm(), c.Digests[0].Bytes(), c.Licences[0]
	}
	batch := &pgx.Batch{}
	batch.Queue(`INSERT INTO public.sboms VALUES ($1, $2, $3, $4, $5, 'cyclonedx', '1.6', NULL, 'app', NULL, $6, NULL)`,
		tenant, id, now, d.SHA256[:], d.Size, n)
	batch.Queue(`INSERT INTO public.sbom_contents VALUES ($1, $2, $3, $4)`, tenant, id, now, raw)
	batch.Queue(`INSERT INTO public.sbom_entries SELECT $1, u.i, $2, $3, u.p, u.r, u.t, u.n, u.v, u.u, u.k, u.w
		FROM unnest($4::uuid[], $5::int[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[]) AS u (i, p, r, t, n, v, u, k, w)`,
		tenant, now, id, ids, positions, refs, types, names, versions, purls, keys, packages)
	batch.Queue(`INSERT INTO public.sbom_entry_digests SELECT $1, u.i, $2, u.e, 0, u.a, u.d FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::bytea[]) AS u (i, e, a, d)`,
		tenant, now, sumIDs, ids, algs, sums)
	batch.Queue(`INSERT INTO public.sbom_entry_licences SELECT $1, u.i, $2, u.e, 0, true, u.l FROM unnest($3::uuid[], $4::uuid[], $5::text[]) AS u (i, e, l)`,
		tenant, now, licenceIDs, ids, lic)
	return pool.SendBatch(ctx, batch).Close()
}
