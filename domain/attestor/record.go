package attestor

import (
	"context"
	_ "embed"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/internal/pgfault"
	"stella-ops.org/attestdb/internal/pgtenant"
)

// Recorded says what recording evidence came to.
type Recorded struct {
	// ID is the envelope's id, a UUID of version 7.
	ID uuid.UUID
	// SHA256 is the digest of the bytes that were recorded.
	SHA256 digest.SHA256
	// CreatedAt is when the envelope was first recorded.
	CreatedAt time.Time
	// Existed reports that the same bytes were recorded before. Their id and
	// time are the first record's.
	Existed bool
	// Verification is the newest verification of the envelope: this call's, or
	// an earlier one's if this call had no verifier.
	Verification Verification
}

var (
	//go:embed record.sql
	recordSQL string
	//go:embed record_verification.sql
	recordVerificationSQL string
	//go:embed record_existing.sql
	recordExistingSQL string
)

// Record is for package domain, whose TenantDB.Record is the call to use. It
// stores ev for conn's tenant, with v unless v.Outcome is unverified.
func Record(ctx context.Context, conn *pgtenant.Conn, retry func(error) bool, actor tenant.Actor, ev *Evidence, v Verification) (Recorded, error) {
	args := recordArgs(conn.Tenant(), actor, ev)
	var verification []any
	if v.Outcome == Verified || v.Outcome == Failed {
		verification = verificationArgs(conn.Tenant(), ev, v)
	}
	var rec Recorded
	err := pgfault.Retry(ctx, retry, func() (err error) {
		rec, err = record(ctx, conn, ev, args, verification)
		return err
	})
	if err != nil {
		return Recorded{}, pgfault.Map("record envelope", err)
	}
	if verification != nil {
		rec.Verification = v
	}
	return rec, nil
}

// record sends everything in one round trip, to be kept whole or not at all.
// Bytes that are there already cost a second one. It sees them even if they
// were committed a moment ago, since the first has waited for that.
func record(ctx context.Context, conn *pgtenant.Conn, ev *Evidence, args, verification []any) (Recorded, error) {
	b := &pgx.Batch{}
	b.Queue(recordSQL, args...)
	if verification != nil {
		b.Queue(recordVerificationSQL, verification...)
	}
	rec := Recorded{SHA256: ev.SHA256, Verification: Verification{Outcome: Unverified}}
	err := conn.Batch(ctx, b, func(br pgx.BatchResults) error {
		err := br.QueryRow().Scan(&rec.ID, &rec.CreatedAt)
		if errors.Is(err, pgx.ErrNoRows) {
			rec.Existed, err = true, nil
		}
		if err == nil && verification != nil {
			_, err = br.Exec()
		}
		return err
	})
	if err == nil && rec.Existed {
		err = existing(ctx, conn, &rec)
	}
	rec.CreatedAt = rec.CreatedAt.UTC()
	return rec, err
}

func existing(ctx context.Context, conn *pgtenant.Conn, rec *Recorded) error {
	rows, err := conn.Query(ctx, recordExistingSQL, conn.Tenant(), rec.SHA256[:])
	if err != nil {
		return err
	}
	*rec, err = pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (Recorded, error) {
		r := *rec
		var v verificationRow
		err := row.Scan(append([]any{&r.ID, &r.CreatedAt}, v.targets()...)...)
		r.Verification = v.verification()
		return r, err
	})
	return err
}

func recordArgs(t uuid.UUID, actor tenant.Actor, ev *Evidence) []any {
	var (
		sigs                     = ev.Envelope.Signatures
		sigIDs                   = newIDs(len(sigs))
		keyIDs                   = make([]string, len(sigs))
		sig, cert, certSHA       = make([][]byte, len(sigs)), make([][]byte, len(sigs)), make([][]byte, len(sigs))
		issuers, sans            = make([]*string, len(sigs)), make([]*string, len(sigs))
		statementType, predicate *string
		positions                []int32
		names, algorithms        []string
		digests                  [][]byte
	)
	for i, s := range sigs {
		keyIDs[i], sig[i] = s.KeyID, s.Sig
		if s.Identity != nil {
			cert[i], certSHA[i] = s.Certificate, s.Identity.CertificateSHA256[:]
			issuers[i], sans[i] = optional(s.Identity.Issuer), optional(s.Identity.SubjectAlternativeName)
		}
	}
	if st := ev.Statement; st != nil {
		statementType, predicate = &st.Type, &st.PredicateType
		for i, subject := range st.Subject {
			for _, d := range subject.Digest {
				positions = append(positions, int32(i))
				names = append(names, subject.Name)
				algorithms = append(algorithms, d.Algorithm())
				digests = append(digests, d.Bytes())
			}
		}
	}
	return []any{
		t, uuid.Must(uuid.NewV7()), time.Now().UTC().Truncate(time.Microsecond),
		ev.MediaType, ev.Envelope.PayloadType, ev.SHA256[:], ev.Envelope.PayloadSHA256[:], int64(len(ev.Content)), optional(string(actor)),
		ev.Content,
		sigIDs, keyIDs, sig, cert, certSHA, issuers, sans,
		statementType, predicate,
		newIDs(len(positions)), positions, names, algorithms, digests,
	}
}

func verificationArgs(t uuid.UUID, ev *Evidence, v Verification) []any {
	verified := v.Signatures
	if verified == nil {
		verified = []int{}
	}
	return []any{
		t, ev.SHA256[:], uuid.Must(uuid.NewV7()), time.Now().UTC().Truncate(time.Microsecond),
		string(v.Outcome), v.Verifier, v.Policy, optional(v.Reason), jsonInts(verified), micro(v.TimeVerified), micro(v.SignedAt),
	}
}

// newIDs returns ids in a type that pgx knows the array of, even where it does
// not ask the server for the types of parameters.
func newIDs(n int) []pgtype.UUID {
	ids := make([]pgtype.UUID, n)
	for i := range ids {
		ids[i] = pgtype.UUID{Bytes: uuid.Must(uuid.NewV7()), Valid: true}
	}
	return ids
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// micro keeps what PostgreSQL keeps; the zero time is NULL.
func micro(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Microsecond)
	return &t
}
