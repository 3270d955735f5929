package attestor

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/sbom"
	"stella-ops.org/attestdb/internal/pgfault"
)

// ComponentQuery says which components are looked for: by one of PURL, Digest and
// Licence.
type ComponentQuery struct {
	// PURL is a package URL. With a version it means that one, without any; with
	// qualifiers or a subpath exactly these alone, without all. A version of an RPM or
	// a Debian package without an epoch means it with every epoch, unless PURL has
	// qualifiers or a subpath; see [sbom.Package.AnyEpoch].
	PURL string
	// Range narrows a PURL without a version, qualifiers and subpath to versions of
	// its type's scheme. The zero Range does not.
	Range sbom.Range
	// Digest is a component's.
	Digest digest.Digest
	// Licence is a licence as a component states it, or an identifier that one of
	// its SPDX expressions names; exactly.
	Licence string
}

// ComponentPage is one page of components, newest SBOM first.
type ComponentPage struct {
	Components []Component
	// Skipped are versions of the package that its scheme does not know, sorted:
	// whether they are in the Range nobody can say, and they are left out.
	Skipped []string
	// Next is the cursor with which the next page starts, "" if there is none.
	Next string
}

// Containment says that an artifact contains a component, as an SBOM has it.
type Containment struct {
	Component Component
	// Artifact is what the SBOM is about; one row for each that there is, and one with
	// the zero SBOMArtifact if there is none.
	Artifact SBOMArtifact
	// EnvelopeID is the envelope whose Statement says so, nil if the SBOM came
	// alone.
	EnvelopeID uuid.UUID
	// Outcome is that of the envelope's newest verification; Unverified if there is
	// none, and for an SBOM that came alone.
	Outcome Outcome

	artifactID uuid.UUID
}

// ContainmentPage is one page of artifacts, newest SBOM first.
type ContainmentPage struct {
	Containments []Containment
	// Skipped and Next are as in [ComponentPage].
	Skipped []string
	Next    string
}

// Every search begins at ($2, $3), the place of a component in (created_at, id),
// newest first, and reads $4 components at most. ($5 … are its own.)
const (
	// A range of sbom_entries_package_idx for each version, of which only a page is
	// read. $5 package key, $6 versions; %s are what else the versions have, and a
	// condition on it.
	byVersions = `
    SELECT e.id, e.created_at
      FROM unnest($6::text[]%s) AS v (version%s)
     CROSS JOIN LATERAL (
       SELECT e.id, e.created_at
         FROM attestor.sbom_entries e
        WHERE e.tenant_id = $1 AND e.package_key = $5 AND e.package_version = v.version
          AND (e.created_at, e.id) <= ($2, $3)%s
        ORDER BY e.created_at DESC, e.id DESC
        LIMIT $4
     ) e
     ORDER BY e.created_at DESC, e.id DESC
     LIMIT $4`
	// What is found by package and version differs in few qualifiers. $7 is a purl
	// of each version.
	purls, andPURL = `, $7::text[]`, ` AND e.purl = v.purl`
	// A component may have a digest or a licence twice. $5 algorithm, $6 digest.
	byDigest = `
    SELECT DISTINCT d.created_at, d.entry_id AS id
      FROM attestor.sbom_entry_digests d
     WHERE d.tenant_id = $1 AND d.algorithm = $5 AND d.digest = $6 AND (d.created_at, d.entry_id) <= ($2, $3)
     ORDER BY d.created_at DESC, d.entry_id DESC
     LIMIT $4`
	// $5 licence.
	byLicence = `
    SELECT DISTINCT l.created_at, l.entry_id AS id
      FROM attestor.sbom_entry_licences l
     WHERE l.tenant_id = $1 AND l.licence = $5 AND (l.created_at, l.entry_id) <= ($2, $3)
     ORDER BY l.created_at DESC, l.entry_id DESC
     LIMIT $4`

	findComponentsSQL = `SELECT` + componentColumns + `
  FROM (%s
  ) m
  JOIN attestor.sbom_entries c ON c.tenant_id = $1 AND c.id = m.id` + componentParts + `
 ORDER BY m.created_at DESC, m.id DESC`

	// The component at the beginning has the artifacts from %[2]s on. Each has a row,
	// even if its SBOM is about no artifact: a page that is short of rows would pass
	// for the last.
	containingSQL = `SELECT` + componentColumns + `,
       coalesce(a.id, '00000000-0000-0000-0000-000000000000'), coalesce(a.name, ''), a.algorithm, a.digest, a.envelope_id,
       (SELECT v.outcome FROM attestor.envelope_verifications v
         WHERE v.tenant_id = $1 AND v.envelope_id = a.envelope_id
         ORDER BY v.created_at DESC, v.id DESC
         LIMIT 1)
  FROM (%[1]s
  ) m
  JOIN attestor.sbom_entries c ON c.tenant_id = $1 AND c.id = m.id
  LEFT JOIN LATERAL (
    SELECT a.id, a.name, a.algorithm, a.digest, a.envelope_id
      FROM attestor.sbom_artifacts a
     WHERE a.tenant_id = $1 AND a.sbom_id = c.sbom_id
       AND a.id >= CASE WHEN c.id = $3 THEN %[2]s::uuid ELSE '00000000-0000-0000-0000-000000000000' END
     ORDER BY a.id
     LIMIT $4
  ) a ON true` + componentParts + `
 ORDER BY m.created_at DESC, m.id DESC, a.id
 LIMIT $4`

	// The versions of a package that there are, each by one look at
	// sbom_entries_package_idx.
	packageVersionsSQL = `
WITH RECURSIVE v (version) AS (
  (SELECT e.package_version FROM attestor.sbom_entries e
    WHERE e.tenant_id = $1 AND e.package_key = $2
    ORDER BY e.package_version LIMIT 1)
  UNION ALL
  SELECT n.version FROM v CROSS JOIN LATERAL (
    SELECT e.package_version AS version FROM attestor.sbom_entries e
     WHERE e.tenant_id = $1 AND e.package_key = $2 AND e.package_version > v.version
     ORDER BY e.package_version LIMIT 1
  ) n
)
SELECT version FROM v`
)

// search is a ComponentQuery that was understood.
type search struct {
	filter  string
	sql     string
	args    []any
	skipped []string
	nothing bool
}

func (s *Store) search(ctx context.Context, q ComponentQuery) (search, error) {
	given := 0
	for _, is := range []bool{q.PURL != "", !q.Digest.IsZero(), q.Licence != ""} {
		if is {
			given++
		}
	}
	switch {
	case given != 1:
		return search{}, &fault.Invalid{Field: "query", Allowed: "one of PURL, Digest and Licence"}
	case q.PURL == "" && !q.Range.IsZero():
		return search{}, &fault.Invalid{Field: "range", Allowed: "together with a PURL"}
	case q.Licence != "":
		return search{filter: "licence " + q.Licence, sql: byLicence, args: []any{q.Licence}}, checkText("licence", q.Licence, MaxTextLength)
	case q.PURL == "":
		return search{filter: "digest " + q.Digest.String(), sql: byDigest, args: []any{q.Digest.Algorithm(), q.Digest.Bytes()}}, nil
	}
	p, err := sbom.ParsePackage(q.PURL)
	if err != nil {
		return search{}, err
	}
	if !q.Range.IsZero() {
		switch {
		case p.Version != "" || p.Qualified:
			return search{}, &fault.Invalid{Field: "purl", Allowed: "a package URL without version, qualifiers and subpath, together with a range"}
		case !q.Range.For(p.Type):
			return search{}, &fault.Invalid{
				Field: "range", Allowed: "a range of the package's scheme, vers:" + p.Type + "/…",
				Problem: "it is of scheme " + q.Range.Scheme(),
			}
		}
	}
	return s.searchPackage(ctx, p, q.Range)
}

// searchPackage searches by the versions that p means and r contains. With
// qualifiers each has its package URLs: that of p, with the version and without.
func (s *Store) searchPackage(ctx context.Context, p sbom.Package, r sbom.Range) (found search, err error) {
	found.filter = "purl " + p.PURL + " " + r.String()
	versions := []string{p.Version}
	if p.Version == "" || p.AnyEpoch() {
		if versions, err = s.packageVersions(ctx, p.Key); err != nil {
			return search{}, err
		}
		versions = slices.DeleteFunc(versions, func(v string) bool { return !p.Means(v) })
	}
	if !r.IsZero() {
		versions, found.skipped = within(r, versions)
	}
	if !p.Qualified {
		found.sql, found.args, found.nothing = fmt.Sprintf(byVersions, "", "", ""), []any{p.Key, versions}, len(versions) == 0
		return found, nil
	}
	var meant, urls []string
	for _, v := range versions {
		for _, url := range p.URLs(v) {
			meant, urls = append(meant, v), append(urls, url)
		}
	}
	found.sql, found.args, found.nothing = fmt.Sprintf(byVersions, purls, ", purl", andPURL), []any{p.Key, meant, urls}, len(meant) == 0
	return found, nil
}

// within returns the versions that are in the range, and those of which nobody can
// say.
func within(r sbom.Range, versions []string) (in, skipped []string) {
	for _, v := range versions {
		switch is, err := r.Contains(v); {
		case err != nil:
			skipped = append(skipped, v)
		case is:
			in = append(in, v)
		}
	}
	slices.Sort(skipped)
	return in, skipped
}

func (s *Store) packageVersions(ctx context.Context, key string) (versions []string, err error) {
	err = pgfault.Retry(ctx, s.retry, func() error {
		rows, err := s.conn.Query(ctx, packageVersionsSQL, s.conn.Tenant(), key)
		if err != nil {
			return err
		}
		versions, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	return versions, pgfault.Map("read versions", err)
}

// FindComponents returns the first components that q describes, newest first. No
// match is no error; faults of the query and the request are *[fault.Invalid].
func (s *Store) FindComponents(ctx context.Context, q ComponentQuery, p page.Request) (_ ComponentPage, err error) {
	ctx, call := s.conn.Start(ctx, "attestor.find_components")
	defer call.End(&err)
	found, err := s.search(ctx, q)
	if err != nil {
		return ComponentPage{}, err
	}
	filter := s.list("attestor.components " + found.filter)
	rows, after, err := place(p, filter)
	if err != nil || found.nothing {
		return ComponentPage{Skipped: found.skipped}, err
	}
	at := before(after.ID)
	result := ComponentPage{Skipped: found.skipped}
	err = pgfault.Retry(ctx, s.retry, func() error {
		args := append([]any{s.conn.Tenant(), moment(after), at, rows + 1}, found.args...)
		r, err := s.conn.Query(ctx, fmt.Sprintf(findComponentsSQL, found.sql), args...)
		if err == nil {
			result.Components, err = pgx.CollectRows(r, scanComponent)
		}
		return err
	})
	if err != nil {
		return ComponentPage{}, pgfault.Map("find components", err)
	}
	if len(result.Components) > rows {
		result.Components = result.Components[:rows]
		last := result.Components[rows-1]
		result.Next = page.Encode(filter, page.Key{CreatedAt: last.CreatedAt, ID: last.ID})
	}
	return result, nil
}

// Containing returns the first artifacts that contain a component which q describes,
// newest SBOM first: one row for each such component and each artifact of its SBOM.
// No match is no error; faults of the query and the request are *[fault.Invalid].
func (s *Store) Containing(ctx context.Context, q ComponentQuery, p page.Request) (_ ContainmentPage, err error) {
	ctx, call := s.conn.Start(ctx, "attestor.containing")
	defer call.End(&err)
	found, err := s.search(ctx, q)
	if err != nil {
		return ContainmentPage{}, err
	}
	filter := s.list("attestor.containing " + found.filter)
	rows, after, err := place(p, filter)
	if err != nil || found.nothing {
		return ContainmentPage{Skipped: found.skipped}, err
	}
	var from uuid.UUID // the artifact, of those of one component
	if after.Text != "" {
		if from, err = uuid.Parse(after.Text); err != nil {
			return ContainmentPage{}, &fault.Invalid{Field: "cursor", Allowed: "the cursor that an earlier page ended with"}
		}
	}
	result := ContainmentPage{Skipped: found.skipped}
	err = pgfault.Retry(ctx, s.retry, func() error {
		// One row more than asked for is where the next page begins.
		args := append([]any{s.conn.Tenant(), moment(after), after.ID, rows + 1}, found.args...)
		args = append(args, from)
		r, err := s.conn.Query(ctx, fmt.Sprintf(containingSQL, found.sql, fmt.Sprintf("$%d", len(args))), args...)
		if err == nil {
			result.Containments, err = pgx.CollectRows(r, scanContainment)
		}
		return err
	})
	if err != nil {
		return ContainmentPage{}, pgfault.Map("find artifacts", err)
	}
	if len(result.Containments) > rows {
		next := &result.Containments[rows]
		result.Next = page.Encode(filter, page.Key{CreatedAt: next.Component.CreatedAt, ID: next.Component.ID, Text: next.artifactID.String()})
		result.Containments = result.Containments[:rows]
	}
	return result, nil
}

// place returns how many rows are wanted, and behind what; the first page is behind
// the greatest key.
func place(p page.Request, filter string) (rows int, after page.Key, err error) {
	if rows, err = p.Rows(); err != nil {
		return 0, page.Key{}, err
	}
	after, continued, err := p.After(filter)
	if !continued {
		after.ID = uuid.Max
	}
	return rows, after, err
}

// moment is the time of a key, infinity for that of a first page.
func moment(k page.Key) pgtype.Timestamptz {
	if k.ID == uuid.Max {
		return pgtype.Timestamptz{InfinityModifier: pgtype.Infinity, Valid: true}
	}
	return pgtype.Timestamptz{Time: k.CreatedAt, Valid: true}
}

// before is the greatest id that is less than id.
func before(id uuid.UUID) uuid.UUID {
	for i := len(id) - 1; i >= 0; i-- {
		if id[i]--; id[i] != 0xff {
			break
		}
	}
	return id
}

func scanContainment(row pgx.CollectableRow) (Containment, error) {
	var (
		found     Containment
		c         componentRow
		algorithm *string
		raw       []byte
		envelope  *uuid.UUID
		outcome   *string
	)
	err := row.Scan(append(c.targets(), &found.artifactID, &found.Artifact.Name, &algorithm, &raw, &envelope, &outcome)...)
	if err == nil && algorithm != nil {
		found.Artifact.Digest, err = digest.FromBytes(*algorithm, raw)
	}
	if err != nil {
		return Containment{}, err
	}
	if envelope != nil {
		found.EnvelopeID = *envelope
	}
	if found.Outcome = Unverified; outcome != nil {
		found.Outcome = Outcome(*outcome)
	}
	found.Component, err = c.component()
	return found, err
}
