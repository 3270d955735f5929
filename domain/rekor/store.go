package rekor

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"stella-ops.org/attestdb/domain/logentry"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/internal/pgfault"
	"stella-ops.org/attestdb/internal/pgtenant"
)

// Store reads one tenant's log entries. It is reached by TenantDB.Rekor; what it
// is safe for is what its TenantDB is safe for.
type Store struct {
	conn  *pgtenant.Conn
	retry func(error) bool
}

// NewStore is for package domain. Reads are repeated after errors for which
// retry returns true.
func NewStore(conn *pgtenant.Conn, retry func(error) bool) *Store {
	return &Store{conn: conn, retry: retry}
}

// Stored is a recorded entry. Whether it is true is in no column:
// TenantDB.VerifyEntries looks.
type Stored struct {
	ID uuid.UUID
	// CreatedAt is the envelope's, in UTC, to the microsecond.
	CreatedAt time.Time
	// EnvelopeID is the envelope that brought the entry, Position its place there.
	EnvelopeID uuid.UUID
	Position   int
	// VerifiedAt is when a verifier verified the entry before it was stored; zero
	// if none did.
	VerifiedAt time.Time
	// Entry is the entry itself. Its integrated time is proven by an inclusion
	// promise only.
	Entry logentry.Entry
}

// Find returns the first rows of the entries that q asks for, newest first, and
// the cursor with which the next page starts, "" if there is none. No match is no
// error; a page may be shorter than asked for although another follows. The
// query's and the request's faults are *[fault.Invalid].
func (s *Store) Find(ctx context.Context, q Query, p page.Request) (entries []Stored, next string, err error) {
	ctx, call := s.conn.Start(ctx, "rekor.find")
	defer call.End(&err)
	look, err := q.lookup()
	if err != nil {
		return nil, "", err
	}
	look.filter += fmt.Sprintf(" since %d of tenant %s", q.Since.UnixMicro(), s.conn.Tenant())
	rows, err := p.Rows()
	if err != nil {
		return nil, "", err
	}
	after, continued, err := p.After(look.filter)
	if err != nil {
		return nil, "", err
	}
	// Bounds instead of conditions, so that one plan serves all: the first page
	// begins behind everything.
	before := pgtype.Timestamptz{Time: after.CreatedAt, Valid: true}
	if !continued {
		before, after.ID = pgtype.Timestamptz{InfinityModifier: pgtype.Infinity, Valid: true}, uuid.Max
		if !q.IntegratedBefore.IsZero() {
			before, after.ID = pgtype.Timestamptz{Time: q.IntegratedBefore, Valid: true}, uuid.Nil
		}
	}
	since := pgtype.Timestamptz{Time: look.since, Valid: true}
	if look.since.IsZero() {
		since = pgtype.Timestamptz{InfinityModifier: pgtype.NegativeInfinity, Valid: true}
	}
	// One row more than asked for tells whether there is a next page.
	if look.envelope != uuid.Nil {
		entries, err = s.newestFirst(ctx, look, after, continued)
		return cut(entries, rows, look, err)
	}
	args := append([]any{s.conn.Tenant(), before, after.ID, since, rows + 1}, look.key...)
	if entries, err = s.query(ctx, look.sql, args...); err != nil {
		err = pgfault.Map("find log entries", err)
	}
	return cut(entries, rows, look, err)
}

// newestFirst is the entries of one envelope as a list has them.
func (s *Store) newestFirst(ctx context.Context, look lookup, after page.Key, continued bool) ([]Stored, error) {
	all, err := s.Entries(ctx, look.envelope)
	slices.SortFunc(all, func(a, b Stored) int { return bytes.Compare(b.ID[:], a.ID[:]) })
	return slices.DeleteFunc(all, func(e Stored) bool {
		return e.CreatedAt.Before(look.since) || continued && bytes.Compare(e.ID[:], after.ID[:]) >= 0
	}), err
}

// cut makes a page of the entries, one of which may be too many.
func cut(entries []Stored, rows int, look lookup, err error) (some []Stored, next string, _ error) {
	if err != nil {
		return nil, "", err
	}
	if len(entries) > rows {
		entries = entries[:rows]
		next = look.behind(&entries[rows-1])
	}
	return slices.DeleteFunc(entries, func(e Stored) bool { return !look.names(&e.Entry) }), next, nil
}

// behind returns the cursor behind an entry.
func (l *lookup) behind(e *Stored) string {
	at := e.CreatedAt
	if l.byIntegratedTime {
		at = e.Entry.IntegratedTime
	}
	return page.Encode(l.filter, page.Key{CreatedAt: at, ID: e.ID})
}

// All iterates over every entry that q asks for, in the order of [Store.Find]. It
// reads page by page and holds no connection between two of them. An error ends
// it.
func (s *Store) All(ctx context.Context, q Query) iter.Seq2[Stored, error] {
	return func(yield func(Stored, error) bool) {
		for p := (page.Request{}); ; {
			entries, next, err := s.Find(ctx, q, p)
			if err != nil {
				yield(Stored{}, err)
				return
			}
			for _, e := range entries {
				if !yield(e, nil) {
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

// Entries returns the entries of an envelope in their order, none for an envelope
// that has none or is not there.
func (s *Store) Entries(ctx context.Context, envelope uuid.UUID) (_ []Stored, err error) {
	ctx, call := s.conn.Start(ctx, "rekor.entries")
	defer call.End(&err)
	entries, err := s.query(ctx, entriesOfSQL, s.conn.Tenant(), envelope)
	return entries, pgfault.Map("read log entries", err)
}

// Get returns an entry. It returns [fault.ErrNotFound] if the tenant has none of
// this id.
func (s *Store) Get(ctx context.Context, id uuid.UUID) (_ Stored, err error) {
	ctx, call := s.conn.Start(ctx, "rekor.get")
	defer call.End(&err)
	entries, err := s.query(ctx, getSQL, s.conn.Tenant(), id)
	if err == nil && len(entries) == 0 {
		err = pgx.ErrNoRows
	}
	if err != nil {
		return Stored{}, pgfault.Map("read log entry", err)
	}
	return entries[0], nil
}

func (s *Store) query(ctx context.Context, sql string, args ...any) (entries []Stored, err error) {
	err = pgfault.Retry(ctx, s.retry, func() error {
		rows, err := s.conn.Query(ctx, sql, args...)
		if err != nil {
			return err
		}
		entries, err = pgx.CollectRows(rows, scan)
		return err
	})
	return entries, err
}

func scan(row pgx.CollectableRow) (Stored, error) {
	var (
		s                             Stored
		e                             = &s.Entry
		integrated, verified          *time.Time
		proofIndex, proofSize, size   *int64
		proofRoot, hashes, root, note []byte
		origin                        *string
	)
	err := row.Scan(&s.ID, &s.CreatedAt, &s.EnvelopeID, &s.Position, &e.LogID, &e.LogIndex, &e.Kind, &e.Version, &integrated,
		&e.CanonicalizedBody, &e.InclusionPromise, &proofIndex, &proofSize, &proofRoot, &hashes,
		&origin, &size, &root, &note, &verified)
	if err != nil {
		return Stored{}, err
	}
	s.CreatedAt, e.IntegratedTime, s.VerifiedAt = s.CreatedAt.UTC(), utc(integrated), utc(verified)
	if proofRoot == nil {
		return s, nil
	}
	p := &logentry.InclusionProof{LogIndex: *proofIndex, TreeSize: *proofSize, RootHash: proofRoot}
	for ; len(hashes) >= logentry.HashSize; hashes = hashes[logentry.HashSize:] {
		p.Hashes = append(p.Hashes, hashes[:logentry.HashSize:logentry.HashSize])
	}
	if origin != nil {
		p.Checkpoint = &logentry.Checkpoint{Origin: *origin, TreeSize: *size, RootHash: root, Note: string(note)}
	}
	e.InclusionProof = p
	return s, nil
}

func utc(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}
