package verdict

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/internal/pgfault"
	"stella-ops.org/attestdb/internal/pgtenant"
)

const appendSQL = `SELECT verdict.append_entries($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
	$16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)`

// columns are the arrays that append_entries takes, an element for each entry, payload
// or input.
type columns struct {
	ids                            []pgtype.UUID
	algorithms, names, results     []pgtype.Text
	policies, reasons, verifiers   []pgtype.Text
	actors, keys                   []pgtype.Text
	subjects, policyDigests        [][]byte
	inputs, payloads, decisions    [][]byte
	leaves, nonces, contents       [][]byte
	verifiedAts                    []pgtype.Timestamptz
	payloadOf, inputOf, inputPlace []int32
	inputIDs                       []pgtype.UUID
	inputKinds                     []string
	inputDigests                   [][]byte
}

func newColumns(n int) *columns {
	texts := func() []pgtype.Text { return make([]pgtype.Text, 0, n) }
	hashes := func() [][]byte { return make([][]byte, 0, n) }
	return &columns{
		ids:        make([]pgtype.UUID, 0, n),
		algorithms: texts(), names: texts(), results: texts(), policies: texts(), reasons: texts(), verifiers: texts(),
		actors: texts(), keys: texts(),
		subjects: hashes(), policyDigests: hashes(), inputs: hashes(), payloads: hashes(), decisions: hashes(), leaves: hashes(),
		verifiedAts: make([]pgtype.Timestamptz, 0, n),
	}
}

// insert stores entries that have their places.
func insert(ctx context.Context, conn *pgtenant.Conn, requests []*request) error {
	if len(requests) == 0 {
		return nil
	}
	c := newColumns(len(requests))
	for i, r := range requests {
		if err := c.add(int32(i+1), r); err != nil {
			return err
		}
	}
	first := &requests[0].entry
	_, err := conn.Exec(ctx, appendSQL, conn.Tenant(), first.Seq, first.PrevHash, first.RecordedAt,
		flat(c.ids), flat(c.algorithms), flat(c.subjects), flat(c.names), flat(c.results), flat(c.policies), flat(c.policyDigests),
		flat(c.reasons), flat(c.inputs), flat(c.verifiers), flat(c.verifiedAts), flat(c.payloads), flat(c.decisions), flat(c.actors),
		flat(c.keys), flat(c.leaves),
		c.payloadOf, c.nonces, c.contents,
		c.inputIDs, c.inputOf, c.inputPlace, c.inputKinds, c.inputDigests)
	return pgfault.Map("append", err)
}

// flat has pgx read a slice without reflection.
func flat[T any](s []T) pgtype.FlatArray[T] { return s }

func (c *columns) add(n int32, r *request) error {
	e := &r.entry
	c.ids = append(c.ids, pgtype.UUID{Bytes: e.ID, Valid: true})
	c.algorithms = append(c.algorithms, text(e.Subject.Digest.Algorithm()))
	c.subjects = append(c.subjects, e.Subject.Digest.Bytes())
	c.names = append(c.names, text(e.Subject.Name))
	c.results = append(c.results, text(string(e.Result)))
	c.policies = append(c.policies, text(e.Policy.URI))
	c.policyDigests = append(c.policyDigests, hash(&e.Policy.Digest))
	c.reasons = append(c.reasons, text(e.Reason))
	c.inputs = append(c.inputs, ledger.EncodeInputs(e.Inputs))
	c.verifiers = append(c.verifiers, text(e.Verifier))
	c.verifiedAts = append(c.verifiedAts, pgtype.Timestamptz{Time: e.TimeVerified, Valid: !e.TimeVerified.IsZero()})
	c.payloads = append(c.payloads, hash(&e.PayloadHash))
	c.decisions = append(c.decisions, e.DecisionDigest[:])
	c.actors = append(c.actors, text(string(e.Actor)))
	c.keys = append(c.keys, text(e.IdempotencyKey))
	c.leaves = append(c.leaves, e.LeafHash[:])
	if r.payload != nil {
		c.payloadOf, c.nonces, c.contents = append(c.payloadOf, n), append(c.nonces, r.nonce), append(c.contents, r.payload)
	}
	for i := range e.Inputs {
		in := &e.Inputs[i]
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		c.inputIDs = append(c.inputIDs, pgtype.UUID{Bytes: id, Valid: true})
		c.inputOf, c.inputPlace = append(c.inputOf, n), append(c.inputPlace, int32(i))
		c.inputKinds, c.inputDigests = append(c.inputKinds, in.Kind), append(c.inputDigests, in.Digest[:])
	}
	return nil
}

// text is NULL for "".
func text(s string) pgtype.Text { return pgtype.Text{String: s, Valid: s != ""} }

// hash is NULL for zeros.
func hash(h *digest.SHA256) []byte {
	if *h == (digest.SHA256{}) {
		return nil
	}
	return h[:]
}

// foundEntries are entries that are there, by id and by idempotency key.
type foundEntries struct {
	byID  map[uuid.UUID]existing
	byKey map[string]existing
}

func (f foundEntries) of(r *request) (existing, bool) {
	if have, ok := f.byID[r.entry.ID]; ok {
		return have, true
	}
	have, ok := f.byKey[r.entry.IdempotencyKey]
	return have, ok
}

const findExistingSQL = `SELECT ` + entryColumns + `, p.nonce
  FROM (
    SELECT i.id FROM unnest($2::uuid[]) AS i (id)
    UNION
    SELECT e.id FROM unnest($3::text[]) AS k (key)
      JOIN verdict.ledger_entries e ON e.tenant_id = $1 AND e.idempotency_key = k.key
  ) f
  JOIN verdict.ledger_entries e ON e.tenant_id = $1 AND e.id = f.id
  LEFT JOIN verdict.ledger_payloads p ON p.tenant_id = $1 AND p.id = e.id`

// findExisting returns those of the requests that are there already.
func findExisting(ctx context.Context, conn *pgtenant.Conn, requests []*request) (foundEntries, error) {
	found := foundEntries{byID: map[uuid.UUID]existing{}, byKey: map[string]existing{}}
	ids := make([]pgtype.UUID, len(requests))
	var keys []string
	for i, r := range requests {
		ids[i] = pgtype.UUID{Bytes: r.entry.ID, Valid: true}
		if key := r.entry.IdempotencyKey; key != "" {
			keys = append(keys, key)
		}
	}
	rows, err := conn.Query(ctx, findExistingSQL, conn.Tenant(), ids, keys)
	if err != nil {
		return found, pgfault.Map("append", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (have existing, err error) {
		var r entryRow
		if err := row.Scan(append(r.targets(), &have.nonce)...); err != nil {
			return have, err
		}
		have.entry, err = r.entry()
		return have, err
	})
	for _, have := range list {
		found.byID[have.entry.ID] = have
		if key := have.entry.IdempotencyKey; key != "" {
			found.byKey[key] = have
		}
	}
	return found, pgfault.Map("append", err)
}
