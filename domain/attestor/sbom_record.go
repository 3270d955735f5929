package attestor

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/sbom"
	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/internal/pgfault"
	"stella-ops.org/attestdb/internal/pgtenant"
)

// The predicate types whose predicate is an SBOM, or begins so: a version, "/v1.4"
// or "/v2.3", may follow.
const (
	PredicateTypeCycloneDX = "https://cyclonedx.org/bom"
	PredicateTypeSPDX      = "https://spdx.dev/Document"
)

// SBOMRecorded says what recording an SBOM came to.
type SBOMRecorded struct {
	// ID is the SBOM's id, a UUID of version 7; nil if there is a Problem.
	ID uuid.UUID
	// SHA256 is the digest of the document's bytes.
	SHA256 digest.SHA256
	// Components is how many the SBOM has.
	Components int
	// Existed reports that the same document was recorded before, under whatever
	// envelope. Its artifacts are added to that record.
	Existed bool
	// Problem is why a predicate that should be an SBOM is not indexed as one, an
	// *[fault.Invalid] with the path of the value at fault. The evidence is recorded
	// all the same.
	Problem error
	// Unindexed are the parts of its components that cannot be looked up; their
	// Fields are paths in the SBOM.
	Unindexed []*fault.Invalid
}

// SBOMArtifact is an artifact that an SBOM is about.
type SBOMArtifact struct {
	// Name may be empty.
	Name string
	// Digest is zero if nobody said it.
	Digest digest.Digest
}

// Validate returns a *[fault.Invalid] for a name that cannot be stored.
func (a SBOMArtifact) Validate() error { return checkText("artifact name", a.Name, MaxTextLength) }

// SBOMEntry is what [RecordSBOM] stores: a document that came alone.
type SBOMEntry struct {
	Stamp    Stamp
	Document *sbom.Document
	Content  []byte
	Actor    tenant.Actor
	// Artifacts are added to those that the document names.
	Artifacts []SBOMArtifact
}

// hasSBOM reports whether the predicate should be an SBOM.
func (st *Statement) hasSBOM() bool {
	for _, prefix := range []string{PredicateTypeCycloneDX, PredicateTypeSPDX} {
		if rest, ok := strings.CutPrefix(st.PredicateType, prefix); ok && (rest == "" || strings.HasPrefix(rest, "/v")) {
			return true
		}
	}
	return false
}

// ReadSBOM reads the SBOM that is the predicate of the Statement. It returns nil
// if the predicateType is no SBOM's. The error is a *[fault.Invalid] whose Field is
// a path in the payload.
func (ev *Evidence) ReadSBOM() (*sbom.Document, error) {
	const path = "payload.predicate"
	if ev.Statement == nil || !ev.Statement.hasSBOM() {
		return nil, nil
	}
	if ev.Statement.Predicate == nil {
		return nil, missing(path, "an SBOM")
	}
	d, err := sbom.Parse(ev.Statement.Predicate)
	if invalid := (*fault.Invalid)(nil); errors.As(err, &invalid) {
		field := path
		if invalid.Field != documentField {
			field += "." + invalid.Field
		}
		return nil, &fault.Invalid{Field: field, Allowed: invalid.Allowed, Problem: invalid.Problem}
	}
	return d, err
}

//go:embed sbom_record.sql
var sbomRecordSQL string

// RecordSBOM is for package domain, whose TenantDB.ImportSBOM is the call to use.
// It stores an SBOM that came alone for conn's tenant, in one round trip.
func RecordSBOM(ctx context.Context, conn *pgtenant.Conn, e SBOMEntry) (SBOMRecorded, error) {
	var columns sbomColumns
	var b pgx.Batch
	columns.addAlone(&e)
	b.Queue(sbomRecordSQL, columns.args(conn.Tenant())...)
	var rec SBOMRecorded
	err := conn.Batch(ctx, &b, func(br pgx.BatchResults) error {
		recs, err := columns.recorded(br)
		if err == nil {
			rec = recs[0]
		}
		return err
	})
	rec.Unindexed = e.Document.Problems
	return rec, pgfault.Map("record SBOM", err)
}

// mostSBOMs is how many SBOMs of a large batch go in one statement.
const mostSBOMs = 500

// RecordSBOMs is for package domain, whose TenantDB.RecordAll is the call to use. It
// stores the SBOMs of entries that were recorded without them, in the transaction of
// conn, and tells recs what became of them.
func RecordSBOMs(ctx context.Context, conn *pgtenant.Conn, entries []Entry, recs []Recorded) error {
	var holders []int
	for i := range entries {
		switch {
		case entries[i].SBOMProblem != nil:
			recs[i].SBOM = &SBOMRecorded{Problem: entries[i].SBOMProblem}
		case entries[i].SBOM != nil:
			holders = append(holders, i)
		}
	}
	slices.SortStableFunc(holders, func(a, b int) int {
		return bytes.Compare(entries[a].SBOM.SHA256[:], entries[b].SBOM.SHA256[:])
	})
	for some := range slices.Chunk(holders, mostSBOMs) {
		columns, of := sbomsOf(entries, some)
		var stored []SBOMRecorded
		var b pgx.Batch
		b.Queue(sbomRecordSQL, columns.args(conn.Tenant())...)
		err := conn.Batch(ctx, &b, func(br pgx.BatchResults) (err error) {
			stored, err = columns.recorded(br)
			return err
		})
		if err != nil {
			return pgfault.Map("record SBOMs", err)
		}
		tell(recs, entries, stored, of)
	}
	return nil
}

// sbomsOf gathers the SBOMs that entries have as their predicates, each document
// once, in the order of their digests, so that two calls with the same wait for
// each other in one direction only.
func sbomsOf(entries []Entry, order []int) (columns sbomColumns, of []int) {
	var holders []int
	for _, i := range order {
		if entries[i].SBOM != nil {
			holders = append(holders, i)
		}
	}
	slices.SortStableFunc(holders, func(a, b int) int {
		return bytes.Compare(entries[a].SBOM.SHA256[:], entries[b].SBOM.SHA256[:])
	})
	of = make([]int, len(entries))
	for _, i := range holders {
		e := &entries[i]
		if n := len(columns.sums); n == 0 || !bytes.Equal(columns.sums[n-1], e.SBOM.SHA256[:]) {
			columns.add(e.SBOM, Stamp{ID: e.SBOMID, At: e.Stamp.At}, e.Actor, nil)
		}
		columns.link(e.Evidence.SHA256)
		of[i] = len(columns.ids)
	}
	return columns, of
}

// tell gives recs what became of their SBOMs, of which of has the position, from 1.
func tell(recs []Recorded, entries []Entry, sboms []SBOMRecorded, of []int) {
	for i := range recs {
		switch e := &entries[i]; {
		case e.SBOMProblem != nil:
			recs[i].SBOM = &SBOMRecorded{Problem: e.SBOMProblem}
		case of[i] > 0:
			rec := sboms[of[i]-1]
			// Of several envelopes in one call with the same document, one was first.
			rec.Existed = rec.Existed || rec.ID != e.SBOMID
			rec.Unindexed = e.SBOM.Problems
			recs[i].SBOM = &rec
		}
	}
}

// recorded reads sbom_record.sql's rows, one for each SBOM.
func (c *sbomColumns) recorded(br pgx.BatchResults) ([]SBOMRecorded, error) {
	rows, err := br.Query()
	if err != nil {
		return nil, err
	}
	var (
		all     = make([]SBOMRecorded, len(c.ids))
		n       int64
		id      uuid.UUID
		existed bool
		count   int32
		seen    int
	)
	_, err = pgx.ForEachRow(rows, []any{&n, &id, &existed, &count}, func() error {
		all[n-1] = SBOMRecorded{ID: id, SHA256: digest.SHA256(c.sums[n-1]), Components: int(count), Existed: existed}
		seen++
		return nil
	})
	if err == nil && seen != len(all) {
		err = fmt.Errorf("%d of %d SBOMs were answered for", seen, len(all))
	}
	return all, err
}
