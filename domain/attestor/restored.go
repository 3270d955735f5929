package attestor

import (
	"context"
	"fmt"
	"iter"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/internal/pgfault"
)

// RowFinding says what of a tenant's rows does not fit together.
type RowFinding struct {
	Tenant tenant.ID
	// Rows is how many rows are so, Detail what they are, with one of them.
	Rows   int64
	Detail string
}

// rowRules are what evidence holds to and no constraint says, since record functions saw
// to it: a copy whose rows came in past them may break it. Each yields the tenant and one
// row's name.
var rowRules = []struct{ what, sql string }{
	{"envelopes whose signatures are missing", `SELECT e.tenant_id, 'sha256:' || encode(e.sha256, 'hex')
  FROM attestor.envelopes e
  LEFT JOIN (SELECT s.tenant_id, s.envelope_id, count(*) AS n, max(s.position) AS last FROM attestor.envelope_signatures s GROUP BY 1, 2) s
    ON s.tenant_id = e.tenant_id AND s.envelope_id = e.id
 WHERE s.n IS DISTINCT FROM s.last + 1 OR s.n IS NULL`},
	{"statements whose subjects are missing", `SELECT e.tenant_id, 'of envelope ' || e.id::text
  FROM attestor.statements e
  LEFT JOIN (SELECT s.tenant_id, s.statement_id, count(DISTINCT s.position) AS n, max(s.position) AS last FROM attestor.statement_subjects s GROUP BY 1, 2) s
    ON s.tenant_id = e.tenant_id AND s.statement_id = e.id
 WHERE s.n IS DISTINCT FROM s.last + 1 OR s.n IS NULL`},
	{"SBOMs that have not as many components as they say", `SELECT b.tenant_id, 'sha256:' || encode(b.sha256, 'hex')
  FROM attestor.sboms b
  LEFT JOIN (SELECT s.tenant_id, s.sbom_id, count(*) AS n, max(s.position) AS last FROM attestor.sbom_entries s GROUP BY 1, 2) s
    ON s.tenant_id = b.tenant_id AND s.sbom_id = b.id
 WHERE b.component_count <> coalesce(s.n, 0) OR s.n <> s.last + 1`},
	{"SBOMs that are of no artifact", `SELECT b.tenant_id, 'sha256:' || encode(b.sha256, 'hex')
  FROM attestor.sboms b
 WHERE NOT EXISTS (SELECT FROM attestor.sbom_artifacts a WHERE a.tenant_id = b.tenant_id AND a.sbom_id = b.id)`},
	{"SBOMs whose document is missing, and in no envelope", `SELECT b.tenant_id, 'sha256:' || encode(b.sha256, 'hex')
  FROM attestor.sboms b
 WHERE NOT EXISTS (SELECT FROM attestor.sbom_contents c WHERE c.tenant_id = b.tenant_id AND c.id = b.id)
   AND NOT EXISTS (SELECT FROM attestor.sbom_artifacts a WHERE a.tenant_id = b.tenant_id AND a.sbom_id = b.id AND a.envelope_id IS NOT NULL)`},
	{"SBOMs whose document has another digest or size", `SELECT b.tenant_id, 'sha256:' || encode(b.sha256, 'hex')
  FROM attestor.sboms b JOIN attestor.sbom_contents c ON c.tenant_id = b.tenant_id AND c.id = b.id
 WHERE b.sha256 <> sha256(c.content) OR b.size <> octet_length(c.content)`},
	{"components whose digests are missing in between", `SELECT d.tenant_id, d.entry_id::text
  FROM attestor.sbom_entry_digests d GROUP BY d.tenant_id, d.entry_id HAVING count(*) <> max(d.position) + 1`},
	{"components whose licences are missing in between", `SELECT l.tenant_id, l.entry_id::text
  FROM attestor.sbom_entry_licences l GROUP BY l.tenant_id, l.entry_id HAVING count(*) <> max(l.position) + 1`},
	{"subjects whose proof chains are missing in between", `SELECT c.tenant_id, c.subject_algorithm || ':' || encode(c.subject_digest, 'hex')
  FROM attestor.proof_chains c GROUP BY c.tenant_id, c.subject_algorithm, c.subject_digest HAVING count(*) <> max(c.revision)`},
	{"verified envelopes of which the verification names a signature that is not there", `SELECT v.tenant_id, v.envelope_id::text
  FROM attestor.envelope_verifications v
 CROSS JOIN LATERAL pg_catalog.jsonb_array_elements_text(CASE pg_catalog.jsonb_typeof(v.signatures) WHEN 'array' THEN v.signatures END) AS p (position)
 WHERE NOT EXISTS (SELECT FROM attestor.envelope_signatures s
   WHERE s.tenant_id = v.tenant_id AND s.envelope_id = v.envelope_id AND s.position = p.position::int)`},
}

// CheckRows looks for rows that do not fit together although no constraint says so: in a
// copy that was restored in part. It looks at those that the handle may see: the tenant's
// alone, but for the auditor's. It reads most tables once or twice.
func (s *Store) CheckRows(ctx context.Context, progress func(done, total int)) ([]RowFinding, error) {
	var all []RowFinding
	for i, rule := range rowRules {
		var found []RowFinding
		err := pgfault.Retry(ctx, s.retry, func() error {
			rows, err := s.conn.Query(ctx, `SELECT x.tenant_id, count(*), min(x.what) FROM (`+rule.sql+`) AS x (tenant_id, what) GROUP BY 1 ORDER BY 1`)
			if err != nil {
				return err
			}
			found, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (f RowFinding, err error) {
				var example string
				err = row.Scan(&f.Tenant, &f.Rows, &example)
				f.Detail = fmt.Sprintf("%d %s, such as %s", f.Rows, rule.what, example)
				return f, err
			})
			return err
		})
		if err != nil {
			return nil, pgfault.Map("check rows of evidence", err)
		}
		all = append(all, found...)
		if progress != nil {
			progress(i+1, len(rowRules))
		}
	}
	return all, nil
}

// ChainIDs yields the id of each of the tenant's proof chains, in the order of the ids.
func (s *Store) ChainIDs(ctx context.Context) iter.Seq2[uuid.UUID, error] {
	return func(yield func(uuid.UUID, error) bool) {
		const page = 1000
		after := uuid.Nil
		for {
			var ids []uuid.UUID
			err := pgfault.Retry(ctx, s.retry, func() error {
				rows, err := s.conn.Query(ctx, `SELECT c.id FROM attestor.proof_chains c
					WHERE c.tenant_id = $1 AND c.id > $2 ORDER BY c.id LIMIT $3`, s.conn.Tenant(), after, page)
				if err != nil {
					return err
				}
				ids, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
				return err
			})
			if err != nil {
				yield(uuid.Nil, pgfault.Map("list proof chains", err))
				return
			}
			for _, id := range ids {
				if !yield(id, nil) {
					return
				}
				after = id
			}
			if len(ids) < page {
				return
			}
		}
	}
}
