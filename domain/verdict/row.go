package verdict

import (
	"crypto/sha256"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/tenant"
)

// entryColumns select an entry e.
const entryColumns = `e.tenant_id, e.seq, e.id, e.recorded_at, e.prev_hash, e.kind, e.action, e.subject_algorithm,
       e.subject_digest, e.subject_name, e.result, e.policy_uri, e.policy_digest, e.reason, e.inputs, e.verifier,
       e.verified_at, e.payload_hash, e.decision_digest, e.actor, e.idempotency_key, e.leaf_hash`

// column is a value of bytea or text as it is stored; nil is NULL.
type column struct {
	value []byte
	// mem, if there is any, is where the value is kept, so that a page of rows takes a few
	// pieces of memory instead of some for each.
	mem *arena
}

// ScanBytes implements [pgtype.BytesScanner].
func (c *column) ScanBytes(v []byte) error {
	switch {
	case v == nil:
		c.value = nil
	case c.mem == nil:
		c.value = append(make([]byte, 0, len(v)), v...)
	default:
		c.value = c.mem.keep(v)
	}
	return nil
}

func (c column) text() string { return string(c.value) }

// arena is memory for many small values that go together.
type arena struct{ free []byte }

func (a *arena) keep(v []byte) []byte {
	const piece = 64 << 10
	if len(v) > cap(a.free)-len(a.free) {
		a.free = make([]byte, 0, max(piece, len(v)))
	}
	at := len(a.free)
	a.free = append(a.free, v...)
	return a.free[at:len(a.free):len(a.free)]
}

// entryRow is a row as it may be, whoever wrote it.
type entryRow struct {
	tenant, id                                    pgtype.UUID
	seq                                           int64
	recordedAt, verifiedAt                        pgtype.Timestamptz
	kind, action, algorithm, name, result, policy column
	reason, verifier, actor, key                  column
	prev, subject, policyDigest, inputs, payload  column
	decision, leaf                                column
}

func (r *entryRow) targets() []any {
	return []any{
		&r.tenant, &r.seq, &r.id, &r.recordedAt, &r.prev, &r.kind, &r.action, &r.algorithm,
		&r.subject, &r.name, &r.result, &r.policy, &r.policyDigest, &r.reason, &r.inputs, &r.verifier,
		&r.verifiedAt, &r.payload, &r.decision, &r.actor, &r.key, &r.leaf,
	}
}

// texts are the columns of type text.
func (r *entryRow) texts() [10]*column {
	return [...]*column{&r.kind, &r.action, &r.algorithm, &r.name, &r.result, &r.policy, &r.reason, &r.verifier, &r.actor, &r.key}
}

// keepIn has the row's values kept in mem.
func (r *entryRow) keepIn(mem *arena) {
	for _, c := range r.texts() {
		c.mem = mem
	}
	for _, c := range []*column{&r.prev, &r.subject, &r.policyDigest, &r.inputs, &r.payload, &r.decision, &r.leaf} {
		c.mem = mem
	}
}

// entry returns the row as an Entry. It returns a *[fault.Invalid] for a row that no
// Entry says the same as.
func (r *entryRow) entry() (Entry, error) {
	e := Entry{
		Tenant: tenant.ID(r.tenant.Bytes), Seq: r.seq, ID: r.id.Bytes, Kind: ledger.Kind(r.kind.text()), Action: r.action.text(),
		Subject: Subject{Name: r.name.text()}, Result: Result(r.result.text()), Policy: Policy{URI: r.policy.text()},
		Reason: r.reason.text(), Verifier: r.verifier.text(), Actor: tenant.Actor(r.actor.text()), IdempotencyKey: r.key.text(),
	}
	for _, t := range r.texts() {
		if t.value != nil && len(t.value) == 0 {
			return e, &fault.Invalid{Field: "entry", Allowed: "no text that is empty: NULL stands for none"}
		}
	}
	var err error
	if r.algorithm.value != nil || r.subject.value != nil {
		if e.Subject.Digest, err = digest.FromBytes(r.algorithm.text(), r.subject.value); err != nil {
			return e, err
		}
	}
	for _, h := range [...]struct {
		raw      []byte
		into     *digest.SHA256
		nullable bool
	}{
		{r.prev.value, &e.PrevHash, false}, {r.decision.value, &e.DecisionDigest, false}, {r.leaf.value, &e.LeafHash, false},
		{r.policyDigest.value, &e.Policy.Digest, true}, {r.payload.value, &e.PayloadHash, true},
	} {
		switch {
		case h.raw == nil && h.nullable:
		case len(h.raw) != sha256.Size, h.nullable && digest.SHA256(h.raw) == digest.SHA256{}:
			return e, &fault.Invalid{Field: "entry", Allowed: "hashes of 32 bytes, and none of zeros for none"}
		default:
			*h.into = digest.SHA256(h.raw)
		}
	}
	if e.RecordedAt, err = finite(r.recordedAt); err != nil {
		return e, err
	}
	if r.verifiedAt.Valid {
		if e.TimeVerified, err = finite(r.verifiedAt); err != nil {
			return e, err
		}
	}
	if r.inputs.value != nil && len(r.inputs.value) == 0 {
		return e, &fault.Invalid{Field: "inputs", Allowed: "NULL for none"}
	}
	e.Inputs, err = ledger.DecodeInputs(r.inputs.value)
	return e, err
}

func finite(at pgtype.Timestamptz) (time.Time, error) {
	if !at.Valid || at.InfinityModifier != pgtype.Finite {
		return time.Time{}, &fault.Invalid{Field: "entry", Allowed: "times that are finite"}
	}
	return at.Time.UTC(), nil
}
