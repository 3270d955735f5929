package verdict

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/internal/pgfault"
	"stella-ops.org/attestdb/internal/pgtenant"
)

// Retention says how long contents are kept, holds them, and erases what has expired. All
// of it is in the tenant's ledger. It is reached by DB.Retention and is safe for
// concurrent use.
type Retention struct {
	conn  *pgtenant.Conn
	actor tenant.Actor
}

// NewRetention is for package domain.
func NewRetention(conn *pgtenant.Conn) *Retention { return &Retention{conn: conn} }

// As returns a handle for which actor acts. Calls that change something need one.
func (r *Retention) As(actor tenant.Actor) *Retention {
	return &Retention{conn: r.conn, actor: actor}
}

// ContentKind is what a rule is about.
type ContentKind string

const (
	// EnvelopeContents are the bytes of envelopes. What is in them of hashes, signatures,
	// Statements, subjects and components stays.
	EnvelopeContents ContentKind = "envelope"
	// EntryPayloads are the payloads of the ledger's entries.
	EntryPayloads ContentKind = "payload"
)

// Forever is how long contents are kept of which nothing else is said.
const Forever time.Duration = 0

// maxKeep is what the database takes, 285 years.
const maxKeep = 9_000_000_000 * time.Second

// Rule says how long contents are kept.
type Rule struct {
	Kind ContentKind
	// PredicateType is that of the envelopes' Statements; "" for all envelopes that no
	// other rule is about, and for payloads.
	PredicateType string
	// Keep is how long, in whole seconds, from the time that they were recorded;
	// [Forever] is 0.
	Keep time.Duration
	// Seq is the act in the ledger that says so, SetAt and SetBy when and by whom. They
	// are not given to [Retention.Set].
	Seq   int64
	SetAt time.Time
	SetBy tenant.Actor
}

// Said is what the ledger says of a setting.
type Said struct {
	// Seq is the act's place in the tenant's ledger; -1 if nothing was ever said and it
	// was so by default.
	Seq int64
	// Existed says that it was so before: Seq is that act's.
	Existed bool
}

// Set says how long contents are kept from now on, those that are there too. Nothing is
// erased by it but by the next [Retention.Run].
//
// It returns [fault.ErrNoActor], [fault.ErrUnknownTenant], and a *[fault.Invalid].
func (r *Retention) Set(ctx context.Context, id tenant.ID, rule Rule) (_ Said, err error) {
	ctx, call := r.conn.Start(ctx, "verdict.set_retention")
	defer call.End(&err)
	keep, seconds := "forever", (*int64)(nil)
	if rule.Keep != Forever {
		if rule.Keep < time.Second || rule.Keep > maxKeep || rule.Keep%time.Second != 0 {
			return Said{}, &fault.Invalid{Field: "keep", Allowed: "whole seconds, 1 to 9000000000, or 0 for ever"}
		}
		keep, seconds = "for", new(int64(rule.Keep/time.Second))
	}
	return r.set(ctx, id, rule.Kind, rule.PredicateType, keep, seconds)
}

// Unset takes back what was said of a predicate type: its envelopes are kept as all
// others are. Otherwise it is as [Retention.Set].
func (r *Retention) Unset(ctx context.Context, id tenant.ID, predicateType string) (_ Said, err error) {
	ctx, call := r.conn.Start(ctx, "verdict.unset_retention")
	defer call.End(&err)
	if predicateType == "" {
		return Said{}, &fault.Invalid{Field: "predicate type", Allowed: "1 to 2048 bytes"}
	}
	return r.set(ctx, id, EnvelopeContents, predicateType, "default", nil)
}

func (r *Retention) set(ctx context.Context, id tenant.ID, kind ContentKind, predicateType, keep string, seconds *int64) (said Said, err error) {
	if err := needActor(r.actor); err != nil {
		return Said{}, err
	}
	if kind != EnvelopeContents && kind != EntryPayloads {
		return Said{}, &fault.Invalid{Field: "kind", Allowed: "envelope or payload"}
	}
	if len(predicateType) > 2048 || !printable(predicateType) || predicateType != "" && kind != EnvelopeContents {
		return Said{}, &fault.Invalid{Field: "predicate type", Allowed: "at most 2048 bytes of UTF-8 without NUL, of envelopes alone"}
	}
	var predicate *string
	if predicateType != "" {
		predicate = &predicateType
	}
	// To say the same again changes nothing.
	err = pgfault.Retry(ctx, pgfault.Transient, func() error {
		rows, err := r.conn.Query(ctx, "SELECT coalesce(act_seq, -1), existed FROM verdict.set_retention($1, $2, $3, $4, $5, $6)",
			id, string(kind), predicate, keep, seconds, string(r.actor))
		if err != nil {
			return err
		}
		said, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Said])
		return err
	})
	return said, mapAct("set retention", err)
}

// Rules returns the rules that count, payloads' last. There is none for what is kept for
// ever because nothing was said of it.
func (r *Retention) Rules(ctx context.Context, id tenant.ID) (rules []Rule, err error) {
	ctx, call := r.conn.Start(ctx, "verdict.retention_rules")
	defer call.End(&err)
	err = pgfault.Retry(ctx, pgfault.Transient, func() error {
		rows, err := r.conn.Query(ctx, `SELECT r.kind, coalesce(r.predicate_type, ''), coalesce(r.keep_seconds, 0), r.seq, r.created_at, r.actor
			FROM verdict.current_rules($1) r WHERE r.keep <> 'default' ORDER BY r.kind, r.predicate_type NULLS FIRST`, id)
		if err != nil {
			return err
		}
		rules, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (rule Rule, err error) {
			var seconds int64
			err = row.Scan(&rule.Kind, &rule.PredicateType, &seconds, &rule.Seq, &rule.SetAt, &rule.SetBy)
			rule.Keep, rule.SetAt = time.Duration(seconds)*time.Second, rule.SetAt.UTC()
			return rule, err
		})
		return err
	})
	return rules, pgfault.Map("read retention rules", err)
}

// needActor returns an error unless somebody is named who acts.
func needActor(actor tenant.Actor) error {
	if actor == "" {
		return fault.ErrNoActor
	}
	return actor.Validate()
}

// maxActReason leaves room for what the act is about beside its reason.
const maxActReason = ledger.MaxReasonLength - 64

func validateReason(reason string) error {
	if reason == "" || len(reason) > maxActReason || !printable(reason) {
		return &fault.Invalid{Field: "reason", Allowed: fmt.Sprintf("1 to %d bytes of UTF-8 without NUL", maxActReason)}
	}
	return nil
}

func printable(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// mapAct is [pgfault.Map] for functions that leave an act in the ledger.
func mapAct(what string, err error) error {
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &pg) && pg.Code == "AD023":
		err = errors.Join(fault.ErrNotFound, err)
	case errors.As(err, &pg) && pg.Code == "AD031":
		err = errors.Join(fault.ErrErased, err)
	case errors.As(err, &pg) && pg.Code == "55P03":
		err = errors.Join(fault.ErrLedgerBusy, err)
	}
	return pgfault.Map(what, err)
}
