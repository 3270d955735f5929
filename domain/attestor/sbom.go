package attestor

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/sbom"
	"stella-ops.org/attestdb/domain/tenant"
	entsbom "stella-ops.org/attestdb/ent/sbom"
	"stella-ops.org/attestdb/internal/pgfault"
)

// SBOM is a recorded SBOM without its components and bytes.
type SBOM struct {
	ID uuid.UUID
	// CreatedAt is when it was first recorded, in UTC, to the microsecond.
	CreatedAt time.Time
	// RecordedBy is who recorded it; "" if nobody was named.
	RecordedBy tenant.Actor
	// SHA256 and Size are of the document's bytes.
	SHA256 digest.SHA256
	Size   int64
	// Format, SpecVersion, SerialNumber, Name and StatedAt are as in
	// [sbom.Document].
	Format                          sbom.Format
	SpecVersion, SerialNumber, Name string
	StatedAt                        time.Time
	// Components is how many it has.
	Components int
}

// Component is a recorded component of an SBOM.
type Component struct {
	ID     uuid.UUID
	SBOMID uuid.UUID
	// CreatedAt is the SBOM's.
	CreatedAt time.Time
	// Position is its place among the SBOM's components, from 0.
	Position int
	sbom.Component
}

// SBOM returns an SBOM. It returns [fault.ErrNotFound] if the tenant has no such
// SBOM.
func (s *Store) SBOM(ctx context.Context, id uuid.UUID) (b SBOM, err error) {
	ctx, call := s.conn.Start(ctx, "attestor.sbom")
	defer call.End(&err)
	err = pgfault.Retry(ctx, s.retry, func() error {
		row, err := s.ent().SBOM.Get(ctx, id)
		if err != nil {
			return err
		}
		b = SBOM{
			ID: row.ID, CreatedAt: row.CreatedAt.UTC(), RecordedBy: tenant.Actor(text(row.RecordedBy)),
			SHA256: row.Sha256, Size: row.Size, Format: sbom.Format(row.Format), SpecVersion: row.SpecVersion,
			SerialNumber: text(row.SerialNumber), Name: row.Name, StatedAt: utc(row.StatedAt), Components: int(row.ComponentCount),
		}
		return nil
	})
	return b, notFound("SBOM", err)
}

// SBOMIDBySHA256 returns the id of the SBOM with these bytes. It returns
// [fault.ErrNotFound] if the tenant has no such SBOM.
func (s *Store) SBOMIDBySHA256(ctx context.Context, sum digest.SHA256) (id uuid.UUID, err error) {
	ctx, call := s.conn.Start(ctx, "attestor.sbom_id_by_sha256")
	defer call.End(&err)
	err = pgfault.Retry(ctx, s.retry, func() (err error) {
		id, err = s.ent().SBOM.Query().Where(entsbom.Sha256EQ(sum)).OnlyID(ctx)
		return err
	})
	return id, notFound("SBOM", err)
}

// An SBOM without a content of its own has come in envelopes alone.
const sbomContentSQL = `
SELECT s.sha256, c.content, e.content
  FROM attestor.sboms s
  LEFT JOIN attestor.sbom_contents c ON c.tenant_id = $1 AND c.id = s.id
  LEFT JOIN LATERAL (
    SELECT v.content FROM attestor.sbom_artifacts a
      JOIN attestor.envelope_contents v ON v.tenant_id = $1 AND v.id = a.envelope_id
     WHERE c.id IS NULL AND a.tenant_id = $1 AND a.sbom_id = s.id
     ORDER BY a.id LIMIT 1
  ) e ON true
 WHERE s.tenant_id = $1 AND s.id = $2`

// SBOMContent returns the exact bytes of an SBOM: those that were imported, or the
// predicate in an envelope. It returns [fault.ErrNotFound] if the tenant has no such
// SBOM, [fault.ErrErased] if the bytes of all envelopes that had it are gone, and a
// *[fault.Verification] if what is stored is not what was imported.
func (s *Store) SBOMContent(ctx context.Context, id uuid.UUID) (_ []byte, err error) {
	ctx, call := s.conn.Start(ctx, "attestor.sbom_content")
	defer call.End(&err)
	var sum, alone, envelope []byte
	err = pgfault.Retry(ctx, s.retry, func() error {
		rows, err := s.conn.Query(ctx, sbomContentSQL, s.conn.Tenant(), id)
		if err != nil {
			return err
		}
		_, err = pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (struct{}, error) {
			return struct{}{}, row.Scan(&sum, &alone, &envelope)
		})
		return err
	})
	switch {
	case err != nil:
		return nil, pgfault.Map("read SBOM content", err)
	case alone != nil:
		if err := wrongBytes(alone, digest.SHA256(sum)); err != nil {
			return nil, err
		}
		return alone, nil
	}
	if envelope == nil {
		return nil, fmt.Errorf("SBOM content: the envelope that has it: %w", fault.ErrErased)
	}
	ev, err := Parse(envelope)
	if err != nil || ev.Statement == nil || digest.Sum(ev.Statement.Predicate) != digest.SHA256(sum) {
		return nil, fmt.Errorf("SBOM content: the envelope that has it does not hold the SBOM %s: %w", id, fault.ErrNotFound)
	}
	return ev.Statement.Predicate, nil
}

const componentColumns = `
       c.id, c.created_at, c.sbom_id, c.position, c.ref, c.type, c.name, c.version, c.purl, c.package_key, c.package_version,
       d.algorithms, d.digests, l.licences`

const componentParts = `
  LEFT JOIN LATERAL (
    SELECT array_agg(d.algorithm ORDER BY d.position) AS algorithms, array_agg(d.digest ORDER BY d.position) AS digests
      FROM attestor.sbom_entry_digests d
     WHERE d.tenant_id = $1 AND d.entry_id = c.id
  ) d ON true
  LEFT JOIN LATERAL (
    SELECT array_agg(l.licence ORDER BY l.position) FILTER (WHERE l.stated) AS licences
      FROM attestor.sbom_entry_licences l
     WHERE l.tenant_id = $1 AND l.entry_id = c.id
  ) l ON true`

const componentsSQL = `SELECT` + componentColumns + `
  FROM attestor.sbom_entries c` + componentParts + `
 WHERE c.tenant_id = $1 AND c.sbom_id = $2 AND c.position > $3
 ORDER BY c.position
 LIMIT $4`

// Components returns the first components of an SBOM, in its order, and the cursor
// with which the next page starts, "" if there is none. An SBOM that the tenant does
// not have has none. The request's faults are *[fault.Invalid].
func (s *Store) Components(ctx context.Context, sbomID uuid.UUID, p page.Request) (components []Component, next string, err error) {
	ctx, call := s.conn.Start(ctx, "attestor.components")
	defer call.End(&err)
	filter := s.list("attestor.components " + sbomID.String())
	rows, err := p.Rows()
	if err != nil {
		return nil, "", err
	}
	after, continued, err := p.After(filter)
	if err != nil {
		return nil, "", err
	}
	position := -1
	if continued {
		position = int(binary.BigEndian.Uint32(after.ID[12:]) & 0x7fffffff)
	}
	err = pgfault.Retry(ctx, s.retry, func() error {
		r, err := s.conn.Query(ctx, componentsSQL, s.conn.Tenant(), sbomID, position, rows+1)
		if err != nil {
			return err
		}
		components, err = pgx.CollectRows(r, scanComponent)
		return err
	})
	if err != nil {
		return nil, "", pgfault.Map("read components", err)
	}
	if len(components) > rows {
		components = components[:rows]
		var key page.Key
		binary.BigEndian.PutUint32(key.ID[12:], uint32(components[rows-1].Position))
		key.CreatedAt = components[rows-1].CreatedAt
		next = page.Encode(filter, key)
	}
	return components, next, nil
}

func scanComponent(row pgx.CollectableRow) (Component, error) {
	var c componentRow
	if err := row.Scan(c.targets()...); err != nil {
		return Component{}, err
	}
	return c.component()
}

// componentRow is componentColumns as a query returns them.
type componentRow struct {
	Component
	position                         int32
	purl, packageKey, packageVersion *string
	algorithms                       []string
	digests                          [][]byte
	licences                         []string
}

func (r *componentRow) targets() []any {
	c := &r.Component
	return []any{
		&c.ID, &c.CreatedAt, &c.SBOMID, &r.position, &c.Ref, &c.Type, &c.Name, &c.Version, &r.purl, &r.packageKey, &r.packageVersion,
		&r.algorithms, &r.digests, &r.licences,
	}
}

func (r *componentRow) component() (Component, error) {
	c := r.Component
	c.CreatedAt, c.Position, c.PURL, c.Licences = c.CreatedAt.UTC(), int(r.position), text(r.purl), r.licences
	if r.packageKey != nil {
		p, err := sbom.ParsePackage(c.PURL)
		if err != nil {
			return c, fmt.Errorf("stored component %s: %w", c.ID, err)
		}
		p.Version = text(r.packageVersion) // which may be the component's own
		c.Package = p
	}
	for i, algorithm := range r.algorithms {
		d, err := digest.FromBytes(algorithm, r.digests[i])
		if err != nil {
			return c, fmt.Errorf("stored component %s: %w", c.ID, err)
		}
		c.Digests = append(c.Digests, d)
	}
	return c, nil
}
