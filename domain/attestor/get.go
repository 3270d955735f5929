package attestor

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/internal/pgfault"
)

//go:embed get.sql
var getSQL string

const subjectsSQL = `
SELECT s.position, s.name, s.algorithm, s.digest
  FROM attestor.statement_subjects s
 WHERE s.tenant_id = $1 AND s.statement_id = $2
 ORDER BY s.position, s.algorithm`

// Detail is a Stored envelope with the subjects of its Statement.
type Detail struct {
	Stored
	// Subject is the Statement's, in its order; nil without a Statement.
	Subject []Subject
}

// Get returns an envelope with its subjects, in one round trip. It returns
// [fault.ErrNotFound] if the tenant has no such envelope.
func (s *Store) Get(ctx context.Context, id uuid.UUID) (d Detail, err error) {
	ctx, call := s.conn.Start(ctx, "attestor.get")
	defer call.End(&err)
	err = pgfault.Retry(ctx, s.retry, func() error {
		d = Detail{}
		b := &pgx.Batch{}
		b.Queue(getSQL, s.conn.Tenant(), id)
		b.Queue(subjectsSQL, s.conn.Tenant(), id)
		return s.conn.Batch(ctx, b, func(br pgx.BatchResults) (err error) {
			rows, err := br.Query()
			if err != nil {
				return err
			}
			if d.Stored, err = pgx.CollectExactlyOneRow(rows, scanStored); err != nil {
				return err
			}
			if rows, err = br.Query(); err != nil {
				return err
			}
			d.Subject, err = collectSubjects(rows)
			return err
		})
	})
	return d, pgfault.Map("read envelope", err)
}

func scanStored(row pgx.CollectableRow) (Stored, error) {
	var s Stored
	var r storedRow
	if err := row.Scan(append(append(r.envelope(&s), &r.signers), r.verification.targets()...)...); err != nil {
		return Stored{}, err
	}
	return s, r.into(&s)
}

func collectSubjects(rows pgx.Rows) ([]Subject, error) {
	var subjects []Subject
	last := int32(-1)
	var position int32
	var name, algorithm string
	var raw []byte
	_, err := pgx.ForEachRow(rows, []any{&position, &name, &algorithm, &raw}, func() error {
		d, err := digest.FromBytes(algorithm, raw)
		if err != nil {
			return fmt.Errorf("stored subject %d: %w", position, err)
		}
		if position != last {
			subjects = append(subjects, Subject{Name: name})
			last = position
		}
		subject := &subjects[len(subjects)-1]
		subject.Digest = append(subject.Digest, d)
		return nil
	})
	return subjects, err
}

// storedRow holds the columns of a query for Stored that cannot be scanned into
// it as they are.
type storedRow struct {
	recordedBy, statementType, predicateType *string
	sha256, payloadSHA256                    []byte
	signers                                  []byte
	verification                             verificationRow
}

func (r *storedRow) envelope(s *Stored) []any {
	return []any{
		&s.ID, &s.CreatedAt, &s.MediaType, &s.PayloadType, &r.sha256, &r.payloadSHA256, &s.Size, &r.recordedBy, &s.Erased,
		&r.statementType, &r.predicateType,
	}
}

// into finishes s, which the columns of envelope were scanned into.
func (r *storedRow) into(s *Stored) error {
	s.CreatedAt = s.CreatedAt.UTC()
	s.RecordedBy = tenant.Actor(text(r.recordedBy))
	s.StatementType, s.PredicateType = text(r.statementType), text(r.predicateType)
	s.Verification = r.verification.verification()
	if err := s.SHA256.Scan(r.sha256); err != nil {
		return err
	}
	if err := s.PayloadSHA256.Scan(r.payloadSHA256); err != nil {
		return err
	}
	var signers []struct {
		KeyID       string `json:"key_id"`
		Issuer, SAN *string
	}
	if err := json.Unmarshal(r.signers, &signers); err != nil {
		return err
	}
	s.Signers = make([]Signer, len(signers))
	for i, g := range signers {
		s.Signers[i] = Signer{KeyID: g.KeyID, Issuer: text(g.Issuer), SubjectAlternativeName: text(g.SAN)}
	}
	return nil
}
