package verdict

import (
	"crypto/sha256"
	"slices"
	"time"
	"unsafe"

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

// column is a value of bytea or text as it is stored; nil is NULL. Scanned, it is good
// until the next row is ([entryRow.keepIn]).
type column []byte

// ScanBytes implements [pgtype.BytesScanner].
func (c *column) ScanBytes(v []byte) error {
	*c = v
	return nil
}

// arena is memory for many small values that go together, so that a page of rows takes a
// few pieces of memory instead of some for each.
type arena struct {
	pieces [][]byte
	// used is how many pieces are full, or the last that is begun.
	used int
}

func (a *arena) keep(v column) column {
	const piece = 256 << 10
	if v == nil {
		return nil
	}
	for ; a.used < len(a.pieces); a.used++ {
		if p := &a.pieces[a.used]; len(v) <= cap(*p)-len(*p) {
			at := len(*p)
			*p = append(*p, v...)
			return column((*p)[at:len(*p):len(*p)])
		}
	}
	p := append(make([]byte, 0, max(piece, len(v))), v...)
	a.pieces = append(a.pieces, p)
	return column(slices.Clip(p))
}

// size is how many bytes are kept.
func (a *arena) size() (n int64) {
	for _, p := range a.pieces {
		n += int64(len(p))
	}
	return n
}

// reset has the memory used again; what was kept is no longer good.
func (a *arena) reset() {
	if a.size() > 2*portion {
		a.pieces = nil
	}
	for i := range a.pieces {
		a.pieces[i] = a.pieces[i][:0]
	}
	a.used = 0
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

func (r *entryRow) targets() []any { return r.appendTargets(nil) }

func (r *entryRow) appendTargets(to []any) []any {
	return append(to,
		&r.tenant, &r.seq, &r.id, &r.recordedAt, &r.prev, &r.kind, &r.action, &r.algorithm,
		&r.subject, &r.name, &r.result, &r.policy, &r.policyDigest, &r.reason, &r.inputs, &r.verifier,
		&r.verifiedAt, &r.payload, &r.decision, &r.actor, &r.key, &r.leaf)
}

// texts are the columns of type text.
func (r *entryRow) texts() [10]*column {
	return [...]*column{&r.kind, &r.action, &r.algorithm, &r.name, &r.result, &r.policy, &r.reason, &r.verifier, &r.actor, &r.key}
}

// keepIn keeps the row's values in mem, for longer than until the next row.
func (r *entryRow) keepIn(mem *arena) {
	for _, c := range r.texts() {
		*c = mem.keep(*c)
	}
	for _, c := range [...]*column{&r.prev, &r.subject, &r.policyDigest, &r.inputs, &r.payload, &r.decision, &r.leaf} {
		*c = mem.keep(*c)
	}
}

// entry returns the row as an Entry, with memory of its own. It returns a
// *[fault.Invalid] for a row that no Entry says the same as.
func (r *entryRow) entry() (Entry, error) {
	return r.as(func(c column) string { return string(c) })
}

// view is entry without a copy of each text: the Entry is good as long as the row is.
func (r *entryRow) view() (Entry, error) {
	//nolint:gosec // nobody writes to what a row has
	return r.as(func(c column) string { return unsafe.String(unsafe.SliceData(c), len(c)) })
}

func (r *entryRow) as(text func(column) string) (Entry, error) {
	e := Entry{
		Tenant: tenant.ID(r.tenant.Bytes), Seq: r.seq, ID: r.id.Bytes, Kind: ledger.Kind(text(r.kind)), Action: text(r.action),
		Subject: Subject{Name: text(r.name)}, Result: Result(text(r.result)), Policy: Policy{URI: text(r.policy)},
		Reason: text(r.reason), Verifier: text(r.verifier), Actor: tenant.Actor(text(r.actor)), IdempotencyKey: text(r.key),
	}
	for _, t := range r.texts() {
		if *t != nil && len(*t) == 0 {
			return e, &fault.Invalid{Field: "entry", Allowed: "no text that is empty: NULL stands for none"}
		}
	}
	var err error
	if r.algorithm != nil || r.subject != nil {
		if e.Subject.Digest, err = digest.FromBytes(text(r.algorithm), r.subject); err != nil {
			return e, err
		}
	}
	for _, h := range [...]struct {
		raw      []byte
		into     *digest.SHA256
		nullable bool
	}{
		{r.prev, &e.PrevHash, false}, {r.decision, &e.DecisionDigest, false}, {r.leaf, &e.LeafHash, false},
		{r.policyDigest, &e.Policy.Digest, true}, {r.payload, &e.PayloadHash, true},
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
	if r.inputs != nil && len(r.inputs) == 0 {
		return e, &fault.Invalid{Field: "inputs", Allowed: "NULL for none"}
	}
	e.Inputs, err = ledger.DecodeInputs(r.inputs)
	return e, err
}

func finite(at pgtype.Timestamptz) (time.Time, error) {
	if !at.Valid || at.InfinityModifier != pgtype.Finite {
		return time.Time{}, &fault.Invalid{Field: "entry", Allowed: "times that are finite"}
	}
	return at.Time.UTC(), nil
}
