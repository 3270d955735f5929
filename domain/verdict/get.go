package verdict

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/internal/pgfault"
)

// Get returns the entry at a place of the ledger, from 0. It returns [fault.ErrNotFound]
// if the ledger has none there.
func (s *Store) Get(ctx context.Context, seq int64) (_ Entry, err error) {
	ctx, call := s.conn.Start(ctx, "verdict.get")
	defer call.End(&err)
	return s.entry(ctx, "e.seq = $2", seq)
}

// ByID is [Store.Get] by the entry's id.
func (s *Store) ByID(ctx context.Context, id uuid.UUID) (_ Entry, err error) {
	ctx, call := s.conn.Start(ctx, "verdict.by_id")
	defer call.End(&err)
	return s.entry(ctx, "e.id = $2", id)
}

func (s *Store) entry(ctx context.Context, condition string, key any) (e Entry, err error) {
	err = pgfault.Retry(ctx, s.retry, func() error {
		rows, err := s.conn.Query(ctx, "SELECT "+entryColumns+" FROM verdict.ledger_entries e WHERE e.tenant_id = $1 AND "+condition, s.conn.Tenant(), key)
		if err != nil {
			return err
		}
		e, err = pgx.CollectExactlyOneRow(rows, scanEntry)
		return err
	})
	return e, pgfault.Map("read entry of the ledger", err)
}

// Current returns the decision that counts for a subject under a policy: the newest. It
// returns [fault.ErrNotFound] if there is none, and a *[fault.Invalid] for a key that
// names none.
func (s *Store) Current(ctx context.Context, key Key) (_ Entry, err error) {
	ctx, call := s.conn.Start(ctx, "verdict.current")
	defer call.End(&err)
	q := Query{Subject: key.Subject, PolicyURI: key.PolicyURI}
	switch {
	case key.Subject.IsZero():
		return Entry{}, &fault.Invalid{Field: "subject", Allowed: "the digest of an artifact"}
	case key.PolicyURI == "":
		return Entry{}, &fault.Invalid{Field: "policy uri", Allowed: "1 to 1024 bytes that name the policy"}
	}
	if err := q.validate(); err != nil {
		return Entry{}, err
	}
	entries, err := s.entries(ctx, q.finder(s, math.MaxInt64), 1)
	if err == nil && len(entries) == 0 {
		err = fmt.Errorf("current decision: %w", fault.ErrNotFound)
	}
	if err != nil {
		return Entry{}, err
	}
	return entries[0], nil
}

// OFFSET and LIMIT have what is said of the entry looked up first, and each of it alone:
// not all that was ever erased.
const payloadSQL = `SELECT e.payload_hash, p.nonce, p.content, EXISTS (
         SELECT FROM (SELECT i.seq FROM verdict.ledger_inputs i
                       WHERE i.tenant_id = $1 AND i.digest = e.leaf_hash AND i.kind = 'entry' OFFSET 0) i
           JOIN LATERAL (SELECT FROM verdict.ledger_entries a
                          WHERE a.tenant_id = $1 AND a.action = 'payload.erase' AND a.seq = i.seq LIMIT 1) a ON true)
  FROM verdict.ledger_entries e LEFT JOIN verdict.ledger_payloads p ON p.tenant_id = $1 AND p.id = e.id
 WHERE e.tenant_id = $1 AND e.seq = $2`

// Payload returns the document of an entry, in the form of RFC 8785, as its hash has it.
// It returns [fault.ErrErased] if the ledger says that it was erased, and
// [fault.ErrNotFound] if the entry never had one, or is not there. One that is gone, or
// another one, without an entry that says so is an error with neither: somebody tampered
// with it, as [Store.Verify] finds.
func (s *Store) Payload(ctx context.Context, seq int64) (_ json.RawMessage, err error) {
	ctx, call := s.conn.Start(ctx, "verdict.payload")
	defer call.End(&err)
	var hash, nonce, content []byte
	var erased bool
	err = pgfault.Retry(ctx, s.retry, func() error {
		rows, err := s.conn.Query(ctx, payloadSQL, s.conn.Tenant(), seq)
		if err != nil {
			return err
		}
		hash = nil
		_, err = pgx.ForEachRow(rows, []any{&hash, &nonce, &content, &erased}, func() error { return nil })
		return err
	})
	if err == nil && hash == nil {
		err = pgx.ErrNoRows
	}
	if err != nil {
		return nil, pgfault.Map("read payload", err)
	}
	switch sum := ledger.PayloadHash(nonce, content); {
	case content != nil && bytes.Equal(sum[:], hash):
		return content, nil
	case content != nil:
		return nil, fmt.Errorf("the payload of entry %d is not the one that was appended: verify the ledger", seq)
	case erased:
		return nil, fmt.Errorf("payload of entry %d: %w", seq, fault.ErrErased)
	}
	return nil, fmt.Errorf("the payload of entry %d is gone, and nothing in the ledger says that it was erased: verify the ledger", seq)
}

const erasuresSQL = `SELECT u.sum, e.seq
  FROM unnest($2::bytea[]) AS u (sum)
  CROSS JOIN LATERAL (SELECT verdict.erasure('envelope.erase', $1, 'envelope', u.sum) AS seq) e
 WHERE e.seq IS NOT NULL`

// EnvelopeErasures returns of envelopes, by the digests of their bytes, the places of the
// entries that say that the bytes were erased, the first of each. Those of which no entry
// says so are not in the answer.
func (s *Store) EnvelopeErasures(ctx context.Context, sums []digest.SHA256) (_ map[digest.SHA256]int64, err error) {
	if len(sums) == 0 {
		return nil, nil
	}
	ctx, call := s.conn.Start(ctx, "verdict.envelope_erasures")
	defer call.End(&err)
	raw := make([][]byte, len(sums))
	for i := range sums {
		raw[i] = sums[i][:]
	}
	erasures := make(map[digest.SHA256]int64, len(sums))
	err = pgfault.Retry(ctx, s.retry, func() error {
		rows, err := s.conn.Query(ctx, erasuresSQL, s.conn.Tenant(), raw)
		if err != nil {
			return err
		}
		var sum []byte
		var seq int64
		_, err = pgx.ForEachRow(rows, []any{&sum, &seq}, func() error {
			erasures[digest.SHA256(sum)] = seq
			return nil
		})
		return err
	})
	return erasures, pgfault.Map("find erasures of envelopes", err)
}
