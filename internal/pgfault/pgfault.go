// Package pgfault turns PostgreSQL's errors into attestdb's, once, by SQLSTATE.
package pgfault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/internal/observe"
)

// SQLSTATEs that attestdb's own triggers raise. Class AD is nobody's.
const (
	appendOnly      = "AD001"
	unknownTenant   = "AD002"
	tenantSuspended = "AD003"
	requirement     = "AD004"
	ledgerLaw       = "AD020"
	isolation       = "AD021"
	ledgerTime      = "AD022"
	held            = "AD030"
)

// Map returns err with attestdb's sentinel in its chain, or err itself if none
// fits. The *[pgconn.PgError] stays reachable. what says what was being done.
func Map(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, named(err))
}

// named is err with the sentinel that the caller would see.
func named(err error) error {
	if s := sentinel(err); s != nil {
		return &mapped{s, err}
	}
	return err
}

type mapped struct{ sentinel, cause error }

func (m *mapped) Error() string   { return m.sentinel.Error() + ": " + m.cause.Error() }
func (m *mapped) Unwrap() []error { return []error{m.sentinel, m.cause} }

func sentinel(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return fault.ErrNotFound
		case Unreachable(err):
			return fault.ErrUnavailable
		}
		return nil
	}
	switch pg.Code {
	case appendOnly:
		return fault.ErrAppendOnly
	case unknownTenant:
		return fault.ErrUnknownTenant
	case tenantSuspended:
		return fault.ErrTenantSuspended
	case requirement:
		return fault.ErrRequirement
	case isolation:
		return &fault.Invalid{Field: "transaction isolation", Allowed: "read committed", Problem: pg.Message}
	case ledgerLaw, ledgerTime:
		return fault.ErrLedgerLaw
	case held:
		return fault.ErrHeld
	case "25006":
		return fault.ErrReadOnly
	case "53100":
		return fault.ErrStorageFull
	case "42501", "28000", "28P01":
		return fault.ErrRole
	case "3F000", "42P01", "42703", "42883", "3D000":
		return fault.ErrSchema
	case "57P01", "57P02", "57P03", "53300":
		return fault.ErrUnavailable
	}
	// A server that lets nobody in, for whatever reason, is none that can be used.
	if connect := (*pgconn.ConnectError)(nil); strings.HasPrefix(pg.Code, "08") || errors.As(err, &connect) {
		return fault.ErrUnavailable
	}
	return nil
}

// Caused returns the error of a statement that ran under ctx. If the server cancelled it
// because ctx had ended, ctx's error is in its chain.
func Caused(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil || errors.Is(err, ctx.Err()) {
		return err
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || pg.Code != "57014" {
		return err
	}
	return fmt.Errorf("%w: %w", ctx.Err(), err)
}

// Unreachable reports whether the connection could not be made or broke.
func Unreachable(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) && !errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		strings.Contains(err.Error(), "conn closed") || strings.Contains(err.Error(), "broken pipe")
}

// Serialization reports whether the whole transaction may be run again: a
// serialization failure or a deadlock, after which nothing of it is kept.
func Serialization(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// Transient reports whether a statement that is safe to repeat may succeed when
// it is repeated: after a serialization failure or a deadlock, a foreign key
// that a concurrent transaction was just about to satisfy, or a lost connection.
func Transient(err error) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return Unreachable(err)
	}
	switch pg.Code {
	case "40001", "40P01", "23503", "57P01", "57P02", "57P03":
		return true
	}
	return strings.HasPrefix(pg.Code, "08")
}

// Commit returns the error of a COMMIT under ctx as callers know it: [fault.ErrOutcomeUnknown] unless
// the server said no, after which nothing is kept.
func Commit(ctx context.Context, err error) error {
	var pg *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &pg) && !ended(pg), errors.Is(err, pgx.ErrTxCommitRollback):
		return Map("commit", Caused(ctx, err))
	default:
		return fmt.Errorf("commit: %w", errors.Join(fault.ErrOutcomeUnknown, err))
	}
}

// ended reports whether the error is the session's last word. The server, or a
// pooler that lost it, may say that after the commit as well as before.
func ended(pg *pgconn.PgError) bool {
	severity := pg.SeverityUnlocalized
	if severity == "" { // PgBouncer's own errors
		severity = pg.Severity
	}
	return severity == "FATAL" || severity == "PANIC"
}

// attempts is how often Retry runs its function at most: with the waits below
// it gives up after about a second.
const attempts = 8

// Retry runs f until it succeeds, its error is not again, or it has been run
// eight times; between the runs it waits, longer each time and with jitter. The call that
// ctx belongs to counts and logs each repetition.
func Retry(ctx context.Context, again func(error) bool, f func() error) error {
	wait := 4 * time.Millisecond
	for n := 1; ; n++ {
		err := f()
		if err == nil || n == attempts || !again(err) || ctx.Err() != nil {
			return err
		}
		observe.Retried(ctx, named(err))
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait/2 + rand.N(wait)):
		}
		wait *= 2
	}
}
