package rekor

import (
	"bytes"
	_ "embed"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/logentry"
	"stella-ops.org/attestdb/internal/pgtenant"
)

//go:embed record.sql
var recordSQL string

// Recording is the log entries of one envelope, which is stored in the same
// transaction.
type Recording struct {
	// Envelope is the digest of the evidence's bytes.
	Envelope digest.SHA256
	// Entries is the evidence's, in its order.
	Entries []logentry.Entry
	// Verified is the positions that a verifier verified, VerifiedAt when.
	Verified   []int
	VerifiedAt time.Time
}

// Queue is for package domain. It returns the statement that stores entries, or
// none if there are none. It goes behind the one that stores the envelopes. An
// envelope that has its entries keeps them as they are.
func Queue(tenant uuid.UUID, recordings []Recording) []pgtenant.Queued {
	var c entryColumns
	for i := range recordings {
		for n := range recordings[i].Entries {
			c.add(&recordings[i], n)
		}
	}
	if len(c.ids) == 0 {
		return nil
	}
	return []pgtenant.Queued{{SQL: recordSQL, Args: c.args(tenant)}}
}

// entryColumns are record.sql's arguments: one element for each entry.
type entryColumns struct {
	ids                         []pgtype.UUID
	envelopes                   [][]byte
	positions                   []int32
	logIDs                      [][]byte
	logIndexes                  []int64
	kinds, versions             []string
	integrated                  []*time.Time
	bodies, promises            [][]byte
	proofLogIndexes, proofSizes []*int64
	proofRoots, proofHashes     [][]byte
	checkpointIDs               []pgtype.UUID
	origins                     []*string
	notes                       [][]byte
	verified                    []*time.Time
}

func (c *entryColumns) add(r *Recording, n int) {
	e := &r.Entries[n]
	c.ids = append(c.ids, newID())
	c.envelopes = append(c.envelopes, r.Envelope[:])
	c.positions = append(c.positions, int32(n))
	c.logIDs, c.logIndexes = append(c.logIDs, e.LogID), append(c.logIndexes, e.LogIndex)
	c.kinds, c.versions = append(c.kinds, e.Kind), append(c.versions, e.Version)
	c.integrated = append(c.integrated, micro(e.IntegratedTime))
	c.bodies, c.promises = append(c.bodies, e.CanonicalizedBody), append(c.promises, e.InclusionPromise)
	var at time.Time
	if slices.Contains(r.Verified, n) {
		at = r.VerifiedAt
	}
	c.verified = append(c.verified, micro(at))
	c.addProof(e.InclusionProof)
}

func (c *entryColumns) addProof(p *logentry.InclusionProof) {
	var (
		index, size        *int64
		root, hashes, note []byte
		origin             *string
	)
	if p != nil {
		index, size, root = &p.LogIndex, &p.TreeSize, p.RootHash
		hashes = append([]byte{}, bytes.Join(p.Hashes, nil)...) // empty, not NULL
		if p.Checkpoint != nil {
			origin, note = &p.Checkpoint.Origin, []byte(p.Checkpoint.Note)
		}
	}
	c.proofLogIndexes, c.proofSizes = append(c.proofLogIndexes, index), append(c.proofSizes, size)
	c.proofRoots, c.proofHashes = append(c.proofRoots, root), append(c.proofHashes, hashes)
	c.checkpointIDs = append(c.checkpointIDs, newID())
	c.origins, c.notes = append(c.origins, origin), append(c.notes, note)
}

func (c *entryColumns) args(tenant uuid.UUID) []any {
	return []any{
		tenant, c.ids, c.envelopes, c.positions, c.logIDs, c.logIndexes, c.kinds, c.versions, c.integrated, c.bodies,
		c.promises, c.proofLogIndexes, c.proofSizes, c.proofRoots, c.proofHashes, c.checkpointIDs, c.origins, c.notes, c.verified,
	}
}

// newID has a type that pgx knows the array of even where it does not ask the
// server for the types of parameters.
func newID() pgtype.UUID { return pgtype.UUID{Bytes: uuid.Must(uuid.NewV7()), Valid: true} }

// micro keeps what PostgreSQL keeps; the zero time is NULL.
func micro(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Microsecond)
	return &t
}
