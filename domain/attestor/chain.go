package attestor

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/proofchain"
	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/internal/pgfault"
	"stella-ops.org/attestdb/internal/pgtenant"
)

// ChainRequest says what a proof chain is assembled from.
type ChainRequest struct {
	// Subject is the digest of the artifact that the chain is about.
	Subject digest.Digest
	// PolicyVersion names the version of the policy that the chain was assembled
	// under: 1 to 128 visible ASCII characters.
	PolicyVersion string
	// Segments are 1 to [proofchain.MaxSegments], in any order.
	Segments []ChainSegment
}

// ChainSegment is one piece of a [ChainRequest]: the Digest of an envelope that
// the tenant has, or the Content of a document that is kept with the chain.
type ChainSegment struct {
	Kind proofchain.Kind
	// Digest is the SHA-256 of the envelope's bytes. A Statement in it must be about the
	// subject; in that of an sbom and of evidence there must be one. An sbom, a vex and a
	// verdict have no predicateType of which [SegmentKind] knows another kind. For an sbom
	// it may be the digest of a document which was imported alone as one about the subject.
	Digest digest.SHA256
	// Content is a JSON object, at most [MaxContentSize] bytes, of kind reasoning,
	// vex or verdict; nil where Digest says it. One that is an envelope is held to the
	// same as one that is stored. It is hashed and kept in the form
	// of RFC 8785, so that its layout does not matter.
	Content []byte
}

// ProofChain is a chain that the tenant has, without its segments.
type ProofChain struct {
	ID uuid.UUID
	// CreatedAt is when the chain was assembled, by the database's clock, in UTC,
	// to the microsecond; later than what it supersedes.
	CreatedAt time.Time
	// Subject is the digest of the artifact.
	Subject digest.Digest
	// Revision counts the subject's chains from 1.
	Revision int
	// PolicyVersion is that of the request.
	PolicyVersion string
	// Root is the chain's content address; see package proofchain.
	Root digest.SHA256
	// SegmentCount is how many segments it has.
	SegmentCount int
	// SupersedesID and Supersedes are the id and the root of the chain that this
	// one supersedes; uuid.Nil and nil for a subject's first.
	SupersedesID uuid.UUID
	Supersedes   *digest.SHA256
	// SupersededBy is the id of the chain that supersedes this one, uuid.Nil if
	// this one is current.
	SupersededBy uuid.UUID
	// AssembledBy is who assembled it; "" if nobody was named.
	AssembledBy tenant.Actor
}

// Current reports whether no chain supersedes this one.
func (c ProofChain) Current() bool { return c.SupersededBy == uuid.Nil }

// AssembledChain says what assembling came to.
type AssembledChain struct {
	// ID, CreatedAt, Revision and Root are the chain's.
	ID        uuid.UUID
	CreatedAt time.Time
	Revision  int
	Root      digest.SHA256
	// SupersedesID and Supersedes are as in [ProofChain].
	SupersedesID uuid.UUID
	Supersedes   *digest.SHA256
	// Existed reports that the subject's current chain is exactly this already.
	// Then the answer is that chain, and nothing was stored.
	Existed bool
}

// SegmentError says which segment a chain cannot have. It wraps
// [fault.ErrNotFound] if the tenant has no envelope of these bytes, [fault.ErrErased] if
// the bytes were erased, and [fault.ErrInvalid] if the envelope is about something
// else or of another kind.
type SegmentError struct {
	Kind   proofchain.Kind
	Digest digest.SHA256
	// Problem is [proofchain.Missing], [proofchain.Erased], [proofchain.NotAbout] or
	// [proofchain.WrongKind].
	Problem proofchain.Problem
}

func (e *SegmentError) Error() string {
	return fmt.Sprintf("segment %s: %s", proofchain.Segment{Kind: e.Kind, Digest: e.Digest}, e.Problem)
}

// Unwrap returns the sentinel that the Problem stands for.
func (e *SegmentError) Unwrap() error {
	switch e.Problem {
	case proofchain.Missing:
		return fault.ErrNotFound
	case proofchain.Erased:
		return fault.ErrErased
	}
	return fault.ErrInvalid
}

// PrepareChain is for package domain. It returns what [AssembleChain] stores, or a
// *[fault.Invalid] that names what is wrong with the request.
func PrepareChain(req ChainRequest, id uuid.UUID, actor tenant.Actor) (*PendingChain, error) {
	c := &PendingChain{id: id, actor: actor}
	c.chain = proofchain.Chain{Subject: req.Subject, PolicyVersion: req.PolicyVersion, Segments: make([]proofchain.Segment, len(req.Segments))}
	if n := len(req.Segments); n > proofchain.MaxSegments {
		return nil, c.chain.Validate()
	}
	for i, s := range req.Segments {
		field := fmt.Sprintf("segments[%d]", i)
		sum, content := s.Digest, []byte(nil)
		if s.Content != nil {
			var err error
			if content, err = canonicalDocument(field, s); err != nil {
				return nil, err
			}
			sum = digest.Sum(content)
		}
		if sum == (digest.SHA256{}) {
			return nil, &fault.Invalid{Field: field, Allowed: "a digest or a content"}
		}
		c.chain.Segments[i] = proofchain.Segment{Kind: s.Kind, Digest: sum}
		c.ids = append(c.ids, newID())
		c.kinds = append(c.kinds, string(s.Kind))
		c.digests = append(c.digests, sum[:])
		c.contents = append(c.contents, content)
	}
	if err := c.chain.Validate(); err != nil {
		return nil, err
	}
	for i, s := range c.chain.Segments {
		if c.contents[i] == nil {
			continue // the database has it
		}
		if _, problem, _ := checkClaim(s.Kind, c.contents[i], req.Subject); problem != "" {
			return nil, &SegmentError{Kind: s.Kind, Digest: s.Digest, Problem: problem}
		}
	}
	return c, nil
}

// PendingChain is a chain that was not stored yet; see [PrepareChain].
type PendingChain struct {
	id    uuid.UUID
	actor tenant.Actor
	chain proofchain.Chain

	ids               []pgtype.UUID
	kinds             []string
	digests, contents [][]byte
}

//go:embed chain_record.sql
var chainRecordSQL string

// AssembleChain is for package domain, whose TenantDB.AssembleChain is the call
// to use. It stores the chain in one round trip, all of it or nothing.
func AssembleChain(ctx context.Context, conn *pgtenant.Conn, c *PendingChain) (AssembledChain, error) {
	var a AssembledChain
	rows, err := conn.Query(ctx, chainRecordSQL, conn.Tenant(), c.id, optional(string(c.actor)),
		c.chain.Subject.Algorithm(), c.chain.Subject.Bytes(), c.chain.PolicyVersion, c.ids, c.kinds, c.digests, c.contents)
	if err == nil {
		a, err = pgx.CollectExactlyOneRow(rows, scanAssembled)
	}
	if err != nil {
		return AssembledChain{}, pgfault.Map("assemble chain", segmentError(err))
	}
	// The database hashed what it stored. That this is what was asked for is not
	// left to it.
	c.chain.Supersedes = a.Supersedes
	root, err := c.chain.Root()
	if err == nil && root != a.Root {
		err = fmt.Errorf("the database computed sha256:%s, the library sha256:%s", a.Root, root)
	}
	return a, pgfault.Map("assemble chain", err)
}

func scanAssembled(row pgx.CollectableRow) (AssembledChain, error) {
	var a AssembledChain
	var root, supersedes []byte
	var supersedesID *uuid.UUID
	err := row.Scan(&a.ID, &a.CreatedAt, &a.Revision, &root, &supersedesID, &supersedes, &a.Existed)
	if err != nil {
		return a, err
	}
	a.CreatedAt = a.CreatedAt.UTC()
	if supersedesID != nil {
		a.SupersedesID = *supersedesID
	}
	if a.Supersedes, err = optionalSHA256(supersedes); err != nil {
		return a, err
	}
	return a, a.Root.Scan(root)
}

func optionalSHA256(raw []byte) (*digest.SHA256, error) {
	if raw == nil {
		return nil, nil
	}
	var sum digest.SHA256
	return &sum, sum.Scan(raw)
}

// segmentProblems are what the SQLSTATEs of record_chain say.
var segmentProblems = map[string]proofchain.Problem{
	"AD010": proofchain.Missing,
	"AD011": proofchain.NotAbout,
	"AD012": proofchain.Erased,
	"AD013": proofchain.WrongKind,
}

// segmentError returns the *SegmentError that err stands for, or err.
func segmentError(err error) error {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || segmentProblems[pg.Code] == "" {
		return err
	}
	kind, encoded, _ := strings.Cut(pg.Detail, " ")
	sum, parseErr := digest.ParseSHA256(encoded)
	if parseErr != nil {
		return err
	}
	return &SegmentError{Kind: proofchain.Kind(kind), Digest: sum, Problem: segmentProblems[pg.Code]}
}
