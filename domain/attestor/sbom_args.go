package attestor

import (
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/sbom"
	"stella-ops.org/attestdb/domain/tenant"
)

// sbomColumns are sbom_record.sql's arguments: one element for each SBOM, link,
// artifact, component, digest or licence.
type sbomColumns struct {
	ids                       []pgtype.UUID
	times                     []time.Time
	actors                    []*string
	sums                      [][]byte
	sizes                     []int64
	formats, specVersions     []string
	serialNumbers             []*string
	names                     []string
	statedAts                 []*time.Time
	contents                  [][]byte
	linkOf                    []int32
	linkEnvelopes             [][]byte
	artifact                  artifactColumns
	entry                     entryColumns
	entryDigest, entryLicence partColumns
}

type artifactColumns struct {
	ids        []pgtype.UUID
	of         []int32
	names      []string
	algorithms []*string
	digests    [][]byte
}

type entryColumns struct {
	ids                                 []pgtype.UUID
	of, positions                       []int32
	refs, types, names, versions        []string
	purls, packageKeys, packageVersions []*string
}

// partColumns are of digests or of licences.
type partColumns struct {
	ids           []pgtype.UUID
	of, positions []int32
	entries       []pgtype.UUID
	texts         []string
	digests       [][]byte
	stated        []bool
}

func (c *partColumns) add(of int32, entry pgtype.UUID, position int, text string) {
	c.ids, c.of, c.entries = append(c.ids, newID()), append(c.of, of), append(c.entries, entry)
	c.positions, c.texts = append(c.positions, int32(position)), append(c.texts, text)
}

func (c *sbomColumns) add(d *sbom.Document, stamp Stamp, actor tenant.Actor, content []byte) {
	c.ids = append(c.ids, pgtype.UUID{Bytes: stamp.ID, Valid: true})
	c.times, c.actors = append(c.times, stamp.At), append(c.actors, optional(string(actor)))
	c.sums, c.sizes = append(c.sums, d.SHA256[:]), append(c.sizes, d.Size)
	c.formats, c.specVersions = append(c.formats, string(d.Format)), append(c.specVersions, d.SpecVersion)
	c.serialNumbers, c.names = append(c.serialNumbers, optional(d.SerialNumber)), append(c.names, d.Name)
	c.statedAts, c.contents = append(c.statedAts, micro(d.StatedAt)), append(c.contents, content)
	for i := range d.Components {
		c.addComponent(int32(len(c.ids)), int32(i), &d.Components[i])
	}
}

func (c *sbomColumns) addComponent(of, position int32, in *sbom.Component) {
	id, e := newID(), &c.entry
	e.ids, e.of, e.positions = append(e.ids, id), append(e.of, of), append(e.positions, position)
	e.refs, e.types = append(e.refs, in.Ref), append(e.types, in.Type)
	e.names, e.versions = append(e.names, in.Name), append(e.versions, in.Version)
	var key, version *string
	if !in.Package.IsZero() {
		key, version = &in.Package.Key, &in.Package.Version
	}
	e.purls = append(e.purls, optional(in.PURL))
	e.packageKeys, e.packageVersions = append(e.packageKeys, key), append(e.packageVersions, version)
	for i, d := range in.Digests {
		c.entryDigest.add(of, id, i, d.Algorithm())
		c.entryDigest.digests = append(c.entryDigest.digests, d.Bytes())
	}
	for i, l := range in.Licences {
		c.entryLicence.add(of, id, i, l)
		c.entryLicence.stated = append(c.entryLicence.stated, true)
	}
	for i, l := range in.LicencesWithin() {
		c.entryLicence.add(of, id, len(in.Licences)+i, l)
		c.entryLicence.stated = append(c.entryLicence.stated, false)
	}
}

// link says that the last SBOM is the predicate of an envelope.
func (c *sbomColumns) link(envelope digest.SHA256) {
	c.linkOf = append(c.linkOf, int32(len(c.ids)))
	c.linkEnvelopes = append(c.linkEnvelopes, envelope[:])
}

// addAlone adds a document with its artifacts. It has one at least, by name alone
// if need be: what contains a component is then never left out.
func (c *sbomColumns) addAlone(e *SBOMEntry) {
	c.add(e.Document, e.Stamp, e.Actor, e.Content)
	digests := false
	for _, s := range e.Document.Subject {
		for _, d := range s.Digests {
			c.addArtifact(SBOMArtifact{s.Name, d})
			digests = true
		}
	}
	for _, a := range e.Artifacts {
		if a.Name == "" {
			a.Name = e.Document.Name
		}
		c.addArtifact(a)
		digests = true
	}
	if !digests {
		c.addArtifact(SBOMArtifact{Name: e.Document.Name})
	}
}

func (c *sbomColumns) addArtifact(in SBOMArtifact) {
	a := &c.artifact
	a.ids, a.of, a.names = append(a.ids, newID()), append(a.of, int32(len(c.ids))), append(a.names, in.Name)
	var algorithm *string
	var bytes []byte
	if !in.Digest.IsZero() {
		algorithm, bytes = optional(in.Digest.Algorithm()), in.Digest.Bytes()
	}
	a.algorithms, a.digests = append(a.algorithms, algorithm), append(a.digests, bytes)
}

func (c *sbomColumns) args(tenant uuid.UUID) []any {
	a, e, d, l := &c.artifact, &c.entry, &c.entryDigest, &c.entryLicence
	return []any{
		tenant, c.ids, c.times, c.actors, c.sums, c.sizes, c.formats, c.specVersions, c.serialNumbers, c.names, c.statedAts, c.contents,
		c.linkOf, c.linkEnvelopes,
		a.ids, a.of, a.names, a.algorithms, a.digests,
		e.ids, e.of, e.positions, e.refs, e.types, e.names, e.versions, e.purls, e.packageKeys, e.packageVersions,
		d.ids, d.of, d.entries, d.positions, d.texts, d.digests,
		l.ids, l.of, l.entries, l.positions, l.stated, l.texts,
	}
}
