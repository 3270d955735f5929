package attestor

import (
	"context"
	_ "embed"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

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

//go:embed record.sql
var recordSQL string

// errConcurrent: the same bytes were committed by somebody else after our
// statement began, so that it neither wrote them nor saw them.
var errConcurrent = errors.New("recorded concurrently")

// Record is for package domain, whose TenantDB.Record is the call to use. It
// stores ev for conn's tenant, with v unless v.Outcome is unverified.
func Record(ctx context.Context, conn *pgtenant.Conn, actor tenant.Actor, ev *Evidence, v Verification, inTx bool) (Recorded, error) {
	args := recordArgs(conn.Tenant(), actor, ev, v)
	again := func(err error) bool { return errors.Is(err, errConcurrent) || !inTx && pgfault.Transient(err) }
	var rec Recorded
	err := pgfault.Retry(ctx, again, func() (err error) {
		rec, err = record(ctx, conn, args)
		return err
	})
	if err != nil {
		return Recorded{}, pgfault.Map("record envelope", err)
	}
	rec.SHA256 = ev.SHA256
	if v.Outcome == Verified || v.Outcome == Failed {
		rec.Verification = v
	}
	return rec, nil
}

func record(ctx context.Context, conn *pgtenant.Conn, args []any) (Recorded, error) {
	rows, err := conn.Query(ctx, recordSQL, args...)
	if err != nil {
		return Recorded{}, err
	}
	rec, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (Recorded, error) {
		var r Recorded
		var v verificationRow
		err := row.Scan(append([]any{&r.ID, &r.CreatedAt, &r.Existed}, v.targets()...)...)
		r.CreatedAt, r.Verification = r.CreatedAt.UTC(), v.verification()
		return r, err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return Recorded{}, errConcurrent
	}
	return rec, err
}

func recordArgs(t uuid.UUID, actor tenant.Actor, ev *Evidence, v Verification) []any {
	var (
		sigs                      = ev.Envelope.Signatures
		sigIDs                    = newIDs(len(sigs))
		keyIDs                    = make([]string, len(sigs))
		sig, cert, certSHA        = make([][]byte, len(sigs)), make([][]byte, len(sigs)), make([][]byte, len(sigs))
		issuers, sans             = make([]*string, len(sigs)), make([]*string, len(sigs))
		statementType, predicate  *string
		positions                 []int32
		names, algorithms         []string
		digests                   [][]byte
		outcome, verifier, policy *string
		reason                    *string
		verified                  []int
		timeVerified, signedAt    *time.Time
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
				positions = append(positions, int32(i)) //nolint:gosec // bounded by the parser
				names = append(names, subject.Name)
				algorithms = append(algorithms, d.Algorithm())
				digests = append(digests, d.Bytes())
			}
		}
	}
	if v.Outcome == Verified || v.Outcome == Failed {
		o := string(v.Outcome)
		outcome, verifier, policy, reason = &o, &v.Verifier, &v.Policy, optional(v.Reason)
		verified = v.Signatures
		if verified == nil {
			verified = []int{}
		}
		timeVerified, signedAt = micro(v.TimeVerified), micro(v.SignedAt)
	}
	return []any{
		t, uuid.Must(uuid.NewV7()), time.Now().UTC().Truncate(time.Microsecond),
		ev.MediaType, ev.Envelope.PayloadType, ev.SHA256[:], ev.Envelope.PayloadSHA256[:], int64(len(ev.Content)), optional(string(actor)),
		ev.Content,
		sigIDs, keyIDs, sig, cert, certSHA, issuers, sans,
		statementType, predicate,
		newIDs(len(positions)), positions, names, algorithms, digests,
		uuid.Must(uuid.NewV7()), outcome, verifier, policy, reason, jsonInts(verified), timeVerified, signedAt,
	}
}

func newIDs(n int) []uuid.UUID {
	ids := make([]uuid.UUID, n)
	for i := range ids {
		ids[i] = uuid.Must(uuid.NewV7())
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
