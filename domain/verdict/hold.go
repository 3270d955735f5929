package verdict

import (
	"context"
	"iter"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/internal/pgfault"
)

// ScopeKind says what kind of thing a hold covers.
type ScopeKind string

const (
	// ScopeTenant covers everything of the tenant's.
	ScopeTenant ScopeKind = "tenant"
	// ScopeSubject covers what is about an artifact.
	ScopeSubject ScopeKind = "subject"
	// ScopeEnvelope covers one envelope.
	ScopeEnvelope ScopeKind = "envelope"
	// ScopeEntry covers the payload of one entry.
	ScopeEntry ScopeKind = "entry"
)

// Scope is what a hold covers. Make one with [WholeTenant], [AboutSubject],
// [OneEnvelope] or [OneEntry].
type Scope struct {
	Kind ScopeKind
	// Subject is the artifact's digest, of a subject.
	Subject digest.Digest
	// SHA256 is the digest of the envelope, or the leaf hash of the entry.
	SHA256 digest.SHA256

	entry int64
}

// WholeTenant covers all envelopes and payloads of the tenant, those that come too.
func WholeTenant() Scope { return Scope{Kind: ScopeTenant} }

// AboutSubject covers the envelopes whose Statement has a subject with exactly this
// digest, and the payloads of decisions about it, those that come too.
func AboutSubject(d digest.Digest) Scope { return Scope{Kind: ScopeSubject, Subject: d} }

// OneEnvelope covers the bytes of the envelope with this digest.
func OneEnvelope(sum digest.SHA256) Scope { return Scope{Kind: ScopeEnvelope, SHA256: sum} }

// OneEntry covers the payload of the entry at this place in the ledger.
func OneEntry(seq int64) Scope { return Scope{Kind: ScopeEntry, entry: seq} }

// Hold keeps what it covers from being erased, by whomever, until it is released.
type Hold struct {
	ID    uuid.UUID
	Scope Scope
	// Reason, PlacedBy and PlacedAt say why, by whom and when; Seq is the act in the
	// tenant's ledger.
	Reason   string
	PlacedBy tenant.Actor
	PlacedAt time.Time
	Seq      int64
	// Released is nil while the hold stands.
	Released *Release
}

// Release says that a hold ended, as the ledger does at Seq.
type Release struct {
	Reason string
	By     tenant.Actor
	At     time.Time
	Seq    int64
}

// Hold places a hold. When it has returned, nothing that the hold covers is erased until
// the hold is released: not by an erasure that is under way then either.
//
// It returns [fault.ErrNotFound] if the tenant has no such envelope, or no such entry, or
// the entry never had a payload; [fault.ErrErased] if the bytes are gone already;
// [fault.ErrNoActor], [fault.ErrUnknownTenant], [fault.ErrLedgerBusy], and a
// *[fault.Invalid].
func (r *Retention) Hold(ctx context.Context, id tenant.ID, scope Scope, reason string) (_ Hold, err error) {
	ctx, call := r.conn.Start(ctx, "verdict.hold")
	defer call.End(&err)
	if err := needActor(r.actor); err != nil {
		return Hold{}, err
	}
	if err := validateReason(reason); err != nil {
		return Hold{}, err
	}
	var algorithm *string
	var subject, sum []byte
	var entry *int64
	switch scope.Kind {
	case ScopeTenant:
	case ScopeSubject:
		if scope.Subject.IsZero() {
			return Hold{}, &fault.Invalid{Field: "subject", Allowed: "a digest, as in sha256:9f86…"}
		}
		algorithm, subject = new(scope.Subject.Algorithm()), scope.Subject.Bytes()
	case ScopeEnvelope:
		sum = scope.SHA256[:]
	case ScopeEntry:
		entry = &scope.entry
	default:
		return Hold{}, &fault.Invalid{Field: "scope", Allowed: "WholeTenant, AboutSubject, OneEnvelope or OneEntry"}
	}
	hold := Hold{ID: uuid.Must(uuid.NewV7()), Scope: scope, Reason: reason, PlacedBy: r.actor}
	var held []byte
	// With its id the hold is placed once, however often it is asked for.
	err = pgfault.Retry(ctx, pgfault.Transient, func() error {
		rows, err := r.conn.Query(ctx, "SELECT act_seq, placed_at, held_digest FROM verdict.place_hold($1, $2, $3, $4, $5, $6, $7, $8, $9)",
			id, hold.ID, string(scope.Kind), algorithm, subject, sum, entry, string(r.actor), reason)
		if err != nil {
			return err
		}
		_, err = pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (struct{}, error) {
			return struct{}{}, row.Scan(&hold.Seq, &hold.PlacedAt, &held)
		})
		return err
	})
	if err != nil {
		return Hold{}, mapAct("hold", err)
	}
	hold.PlacedAt = hold.PlacedAt.UTC()
	copy(hold.Scope.SHA256[:], held)
	return hold, nil
}

// Release ends a hold. To release it again changes nothing. It returns
// [fault.ErrNotFound] if the tenant has no such hold, [fault.ErrNoActor],
// [fault.ErrUnknownTenant], [fault.ErrLedgerBusy], and a *[fault.Invalid].
func (r *Retention) Release(ctx context.Context, id tenant.ID, hold uuid.UUID, reason string) (said Said, err error) {
	ctx, call := r.conn.Start(ctx, "verdict.release_hold")
	defer call.End(&err)
	if err := needActor(r.actor); err != nil {
		return Said{}, err
	}
	if err := validateReason(reason); err != nil {
		return Said{}, err
	}
	err = pgfault.Retry(ctx, pgfault.Transient, func() error {
		rows, err := r.conn.Query(ctx, "SELECT act_seq, existed FROM verdict.release_hold($1, $2, $3, $4)", id, hold, string(r.actor), reason)
		if err != nil {
			return err
		}
		said, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Said])
		return err
	})
	return said, mapAct("release hold", err)
}

// holdPage is how many holds are read at a time.
const holdPage = 500

const holdsSQL = `SELECT h.id, h.scope, h.subject_algorithm, h.subject_digest, h.digest, h.reason, h.actor, h.created_at, h.seq,
       r.reason, r.actor, r.created_at, r.seq
  FROM verdict.legal_holds h LEFT JOIN verdict.legal_hold_releases r ON r.tenant_id = h.tenant_id AND r.id = h.id
 WHERE h.tenant_id = $1 AND h.seq > $2 AND (r.id IS NULL OR $3) ORDER BY h.seq LIMIT $4`

// Holds iterates over the tenant's holds, the oldest first: those that stand, and with
// released the others too. It reads page by page and holds no connection between two of
// them. An error ends it.
func (r *Retention) Holds(ctx context.Context, id tenant.ID, released bool) iter.Seq2[Hold, error] {
	return func(yield func(Hold, error) bool) {
		for after := int64(-1); ; {
			holds, err := r.holds(ctx, id, after, released)
			if err != nil {
				yield(Hold{}, err)
				return
			}
			for _, h := range holds {
				if !yield(h, nil) {
					return
				}
				after = h.Seq
			}
			if len(holds) < holdPage {
				return
			}
		}
	}
}

func (r *Retention) holds(ctx context.Context, id tenant.ID, after int64, released bool) (holds []Hold, err error) {
	ctx, call := r.conn.Start(ctx, "verdict.holds")
	defer call.End(&err)
	err = pgfault.Retry(ctx, pgfault.Transient, func() error {
		rows, err := r.conn.Query(ctx, holdsSQL, id, after, released, holdPage)
		if err != nil {
			return err
		}
		holds, err = pgx.CollectRows(rows, scanHold)
		return err
	})
	return holds, pgfault.Map("read holds", err)
}

func scanHold(row pgx.CollectableRow) (h Hold, err error) {
	var algorithm, releaseReason *string
	var subject, sum []byte
	var releasedBy *tenant.Actor
	var releasedAt *time.Time
	var releaseSeq *int64
	err = row.Scan(&h.ID, &h.Scope.Kind, &algorithm, &subject, &sum, &h.Reason, &h.PlacedBy, &h.PlacedAt, &h.Seq,
		&releaseReason, &releasedBy, &releasedAt, &releaseSeq)
	if err != nil {
		return h, err
	}
	h.PlacedAt = h.PlacedAt.UTC()
	copy(h.Scope.SHA256[:], sum)
	if algorithm != nil {
		if h.Scope.Subject, err = digest.FromBytes(*algorithm, subject); err != nil {
			return h, err
		}
	}
	if releaseSeq != nil {
		h.Released = &Release{Reason: *releaseReason, By: *releasedBy, At: releasedAt.UTC(), Seq: *releaseSeq}
	}
	return h, nil
}
