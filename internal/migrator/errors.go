package migrator

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/internal/pgfault"
)

const (
	codeInvalidParameter      = "22023"
	codeReadOnlyTransaction   = "25006"
	codeSerialization         = "40001"
	codeDeadlock              = "40P01"
	codeInsufficientPrivilege = "42501"
	codeDuplicateObject       = "42710"
	codeUndefinedTable        = "42P01"
	codeUniqueViolation       = "23505"
	codeDiskFull              = "53100"
	codeLockNotAvailable      = "55P03"
	codeInternal              = "XX000"
)

// sqlState is the SQLSTATE of err, "" if the server did not send it.
func sqlState(err error) string {
	if pe, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pe.Code
	}
	return ""
}

// serverError adds the sentinel that tells what kind of trouble err is.
func serverError(err error) error {
	code := sqlState(err)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fault.ErrServer), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case code == codeReadOnlyTransaction:
		return fmt.Errorf("%w: %w", fault.ErrReadOnly, err)
	case code == codeDiskFull:
		return fmt.Errorf("%w: %w", fault.ErrStorageFull, err)
	case strings.HasPrefix(code, "08"), strings.HasPrefix(code, "57P"), pgfault.Unreachable(err):
		return fmt.Errorf("%w: %w", fault.ErrUnavailable, err)
	}
	return err
}

// connectError tells a refused login from a server that is not there.
func connectError(err error, login, purpose string) error {
	if strings.HasPrefix(sqlState(err), "28") {
		var pe *pgconn.PgError
		errors.As(err, &pe)
		return &fault.Role{
			Purpose: purpose, Login: login, Problem: "the server refused the login: " + pe.Message,
			Fix: "check the user and its password, and pg_hba.conf",
		}
	}
	return fmt.Errorf("%w: %w", fault.ErrUnavailable, err)
}

// A Holder is a session that stands in the way of a lock, as far as the login
// may see it.
type Holder struct {
	PID             int32
	User            string
	ApplicationName string
	// State is "idle in transaction", "active", …; "" if it can't be seen.
	State string
	// QueryStart is when its current or last statement began; zero if it can't
	// be seen.
	QueryStart time.Time
}

func (h Holder) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "pid %d", h.PID)
	if h.User != "" {
		fmt.Fprintf(&b, " user %s", h.User)
	}
	if h.ApplicationName != "" {
		fmt.Fprintf(&b, " application %q", h.ApplicationName)
	}
	if h.State != "" {
		fmt.Fprintf(&b, ", %s", h.State)
	}
	if !h.QueryStart.IsZero() {
		fmt.Fprintf(&b, ", statement began %s", h.QueryStart.UTC().Format(time.RFC3339))
	}
	return b.String()
}

// LockError says that a lock could not be had in time. It wraps
// [context.DeadlineExceeded], and the server's last refusal if there was one.
// Files before File are applied, File and later ones are not; running the
// migration again continues there.
type LockError struct {
	// Module and File name the migration that waited; File is "" if another
	// migrator held the lock that all migrators take first.
	Module, File string
	// Waited is how long was waited in all.
	Waited time.Duration
	// Holders are those seen last to hold the lock; empty if none was visible.
	Holders []Holder
	// Err is the last attempt's error; nil if there was none.
	Err error
}

func (e *LockError) Error() string {
	what := "another migrator is at work"
	if e.File != "" {
		what = fmt.Sprintf("%s/%s: a lock that it needs was not free", e.Module, e.File)
	}
	who := "who holds it is not visible to this login"
	if len(e.Holders) > 0 {
		names := make([]string, len(e.Holders))
		for i, h := range e.Holders {
			names[i] = h.String()
		}
		who = "held by " + strings.Join(names, "; ")
	}
	return fmt.Sprintf("%s: gave up after %s; %s; end that session or raise the timeout, then migrate again",
		what, e.Waited.Round(time.Millisecond), who)
}

// Unwrap returns what the error wraps.
func (e *LockError) Unwrap() []error {
	if e.Err == nil {
		return []error{context.DeadlineExceeded}
	}
	return []error{context.DeadlineExceeded, e.Err}
}
