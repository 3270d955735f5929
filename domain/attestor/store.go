package attestor

import (
	"context"
	_ "embed"
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/ent"
	"stella-ops.org/attestdb/ent/envelope"
	"stella-ops.org/attestdb/internal/entscope"
	"stella-ops.org/attestdb/internal/pgfault"
	"stella-ops.org/attestdb/internal/pgtenant"
)

// Store reads one tenant's evidence. It is reached by TenantDB.Attestor; what
// it is safe for is what its TenantDB is safe for.
type Store struct {
	conn  *pgtenant.Conn
	retry func(error) bool
	ent   func() *ent.Client
}

// NewStore is for package domain. Reads are repeated after errors for which
// retry returns true.
func NewStore(conn *pgtenant.Conn, retry func(error) bool) *Store {
	s := &Store{conn: conn, retry: retry}
	s.ent = sync.OnceValue(func() *ent.Client { return entscope.Client(conn) })
	return s
}

// Stored is a recorded envelope without its bytes.
type Stored struct {
	ID uuid.UUID
	// CreatedAt is when it was first recorded, in UTC, to the microsecond.
	CreatedAt time.Time
	// RecordedBy is who recorded it; "" if nobody was named.
	RecordedBy tenant.Actor
	// MediaType, SHA256 and Size are of the bytes as they were received.
	MediaType string
	SHA256    digest.SHA256
	Size      int64
	// PayloadType and PayloadSHA256 are of the DSSE envelope's payload.
	PayloadType   string
	PayloadSHA256 digest.SHA256
	// StatementType and PredicateType are the in-toto Statement's; "" if the
	// payload is something else.
	StatementType, PredicateType string
	// Signers is whom the signatures claim to be of, in their order. Whether
	// they verified is in Verification.
	Signers []Signer
	// Verification is the newest one; its Outcome is Unverified if there is
	// none.
	Verification Verification
}

// Signer is whom a signature claims to be of: a key by its id, or the identity
// in a certificate. Parts that the signature lacks are "".
type Signer struct {
	KeyID, Issuer, SubjectAlternativeName string
}

// Match is a Stored envelope that is about an artifact.
type Match struct {
	Stored
	// SubjectNames is the names, sorted, under which the Statement lists the
	// artifact.
	SubjectNames []string
}

// Query says which statements [Store.Find] finds.
type Query struct {
	// Subject is the artifact's digest, by which alone in-toto matches
	// subjects. It must not be zero.
	Subject digest.Digest
	// Since leaves out what was recorded earlier; zero leaves out nothing.
	Since time.Time
}

func (q Query) filter() string { return "attestor.find " + q.Subject.String() }

//go:embed find.sql
var findSQL string

// Find returns the first rows of the statements about an artifact, newest
// first, and the cursor with which the next page starts, "" if there is none.
// No match is no error. The request's faults are *[fault.Invalid].
func (s *Store) Find(ctx context.Context, q Query, p page.Request) (matches []Match, next string, err error) {
	if q.Subject.IsZero() {
		return nil, "", &fault.Invalid{Field: "subject", Allowed: "the digest of an artifact"}
	}
	rows, err := p.Rows()
	if err != nil {
		return nil, "", err
	}
	after, continued, err := p.After(q.filter())
	if err != nil {
		return nil, "", err
	}
	// Bounds instead of conditions, so that one plan serves all: the first page
	// begins behind everything.
	before := pgtype.Timestamptz{Time: after.CreatedAt, Valid: true}
	if !continued {
		before, after.ID = pgtype.Timestamptz{InfinityModifier: pgtype.Infinity, Valid: true}, uuid.Max
	}
	since := pgtype.Timestamptz{Time: q.Since, Valid: true}
	if q.Since.IsZero() {
		since = pgtype.Timestamptz{InfinityModifier: pgtype.NegativeInfinity, Valid: true}
	}
	// One row more than asked for tells whether there is a next page.
	err = pgfault.Retry(ctx, s.retry, func() error {
		r, err := s.conn.Query(ctx, findSQL, s.conn.Tenant(), q.Subject.Algorithm(), q.Subject.Bytes(), before, after.ID, since, rows+1)
		if err != nil {
			return err
		}
		matches, err = pgx.CollectRows(r, scanMatch)
		return err
	})
	if err != nil {
		return nil, "", pgfault.Map("find by subject", err)
	}
	if len(matches) > rows {
		matches = matches[:rows]
		last := matches[rows-1]
		next = page.Encode(q.filter(), page.Key{CreatedAt: last.CreatedAt, ID: last.ID})
	}
	return matches, next, nil
}

// All iterates over every statement about an artifact, newest first. It reads
// page by page and holds no connection between two of them. An error ends it.
func (s *Store) All(ctx context.Context, q Query) iter.Seq2[Match, error] {
	return func(yield func(Match, error) bool) {
		for p := (page.Request{}); ; {
			matches, next, err := s.Find(ctx, q, p)
			if err != nil {
				yield(Match{}, err)
				return
			}
			for _, m := range matches {
				if !yield(m, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			p.Cursor = next
		}
	}
}

// Content returns the exact bytes that were recorded. It returns
// [fault.ErrNotFound] if the tenant has no such envelope.
func (s *Store) Content(ctx context.Context, id uuid.UUID) ([]byte, error) {
	var content []byte
	err := pgfault.Retry(ctx, s.retry, func() error {
		c, err := s.ent().EnvelopeContent.Get(ctx, id)
		if err == nil {
			content = c.Content
		}
		return err
	})
	return content, notFound("envelope content", err)
}

// IDBySHA256 returns the id of the envelope with these bytes. It returns
// [fault.ErrNotFound] if the tenant has no such envelope.
func (s *Store) IDBySHA256(ctx context.Context, sum digest.SHA256) (uuid.UUID, error) {
	var id uuid.UUID
	err := pgfault.Retry(ctx, s.retry, func() (err error) {
		id, err = s.ent().Envelope.Query().Where(envelope.Sha256EQ(sum)).OnlyID(ctx)
		return err
	})
	return id, notFound("envelope", err)
}

func notFound(what string, err error) error {
	if ent.IsNotFound(err) {
		return fmt.Errorf("%s: %w", what, fault.ErrNotFound)
	}
	return pgfault.Map("read "+what, err)
}

func scanMatch(row pgx.CollectableRow) (Match, error) {
	var m Match
	var r storedRow
	err := row.Scan(append(append(r.envelope(&m.Stored), &m.SubjectNames, &r.signers), r.verification.targets()...)...)
	if err != nil {
		return Match{}, err
	}
	return m, r.into(&m.Stored)
}
