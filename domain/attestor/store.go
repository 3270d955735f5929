package attestor

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
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

// list describes a list of this tenant, so that a cursor continues no other's.
func (s *Store) list(filter string) string { return s.conn.Tenant().String() + " " + filter }

// Stored is a recorded envelope without its bytes.
type Stored struct {
	ID uuid.UUID
	// CreatedAt is when it was first recorded, in UTC, to the microsecond.
	CreatedAt time.Time
	// RecordedBy is who recorded it; "" if nobody was named.
	RecordedBy tenant.Actor
	// Erased reports that the bytes are gone: see [Store.Content].
	Erased bool
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

// Content returns the exact bytes that were recorded. It returns
// [fault.ErrNotFound] if the tenant has no such envelope, [fault.ErrErased] if its bytes
// are gone (the ledger says who erased them), and a *[fault.Verification] if they are not
// those that were recorded.
func (s *Store) Content(ctx context.Context, id uuid.UUID) (content []byte, err error) {
	ctx, call := s.conn.Start(ctx, "attestor.content")
	defer call.End(&err)
	var sum []byte
	err = pgfault.Retry(ctx, s.retry, func() error {
		rows, err := s.conn.Query(ctx, `SELECT e.sha256, c.content
			FROM attestor.envelopes e LEFT JOIN attestor.envelope_contents c ON c.tenant_id = $1 AND c.id = e.id
			WHERE e.tenant_id = $1 AND e.id = $2`, s.conn.Tenant(), id)
		if err != nil {
			return err
		}
		_, err = pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (struct{}, error) {
			return struct{}{}, row.Scan(&sum, &content)
		})
		return err
	})
	switch {
	case err != nil:
		return nil, pgfault.Map("read envelope content", err)
	case content == nil:
		return nil, fmt.Errorf("read envelope content: %w", fault.ErrErased)
	}
	if err := wrongBytes(content, digest.SHA256(sum)); err != nil {
		return nil, err
	}
	return content, nil
}

// wrongBytes returns a *[fault.Verification] for stored bytes that have another digest than
// those that were recorded.
func wrongBytes(content []byte, recorded digest.SHA256) error {
	if has := digest.Sum(content); has != recorded {
		return &fault.Verification{
			Verifier: "attestdb", Reason: fmt.Sprintf("the stored bytes have sha256:%s, and sha256:%s was recorded", has, recorded),
		}
	}
	return nil
}

// CheckContent returns a *[fault.Verification] if content is not what the envelope was
// recorded as.
func (s *Stored) CheckContent(content []byte) error { return wrongBytes(content, s.SHA256) }

// IDBySHA256 returns the id of the envelope with these bytes. It returns
// [fault.ErrNotFound] if the tenant has no such envelope.
func (s *Store) IDBySHA256(ctx context.Context, sum digest.SHA256) (id uuid.UUID, err error) {
	ctx, call := s.conn.Start(ctx, "attestor.id_by_sha256")
	defer call.End(&err)
	err = pgfault.Retry(ctx, s.retry, func() (err error) {
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
