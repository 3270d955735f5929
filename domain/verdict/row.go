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

// entryRow is a row as it may be, whoever wrote it.
type entryRow struct {
	tenant, id                                    pgtype.UUID
	seq                                           int64
	recordedAt, verifiedAt                        pgtype.Timestamptz
	kind, action, algorithm, name, result, policy pgtype.Text
	reason, verifier, actor, key                  pgtype.Text
	prev, subject, policyDigest, inputs, payload  []byte
	decision, leaf                                []byte
}

func (r *entryRow) targets() []any {
	return []any{
		&r.tenant, &r.seq, &r.id, &r.recordedAt, &r.prev, &r.kind, &r.action, &r.algorithm,
		&r.subject, &r.name, &r.result, &r.policy, &r.policyDigest, &r.reason, &r.inputs, &r.verifier,
		&r.verifiedAt, &r.payload, &r.decision, &r.actor, &r.key, &r.leaf,
	}
}

// entry returns the row as an Entry. It returns a *[fault.Invalid] for a row that no
// Entry says the same as.
func (r *entryRow) entry() (Entry, error) {
	e := Entry{
		Tenant: tenant.ID(r.tenant.Bytes), Seq: r.seq, ID: r.id.Bytes, Kind: ledger.Kind(r.kind.String), Action: r.action.String,
		Subject: Subject{Name: r.name.String}, Result: Result(r.result.String), Policy: Policy{URI: r.policy.String},
		Reason: r.reason.String, Verifier: r.verifier.String, Actor: tenant.Actor(r.actor.String), IdempotencyKey: r.key.String,
	}
	for _, t := range []pgtype.Text{r.kind, r.action, r.algorithm, r.name, r.result, r.policy, r.reason, r.verifier, r.actor, r.key} {
		if t.Valid && t.String == "" {
			return e, &fault.Invalid{Field: "entry", Allowed: "no text that is empty: NULL stands for none"}
		}
	}
	var err error
	if r.algorithm.Valid || r.subject != nil {
		if e.Subject.Digest, err = digest.FromBytes(r.algorithm.String, r.subject); err != nil {
			return e, err
		}
	}
	for _, h := range []struct {
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
