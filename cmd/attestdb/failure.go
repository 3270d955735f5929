package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/internal/embedpg"
)

// The exit codes; after a signal it is 128 and the signal's number.
const (
	exitYes     = 0
	exitNo      = 1 // the answer is no
	exitUnknown = 2 // could not tell
)

// failure is an error that knows its exit code and what to do next.
type failure struct {
	code  int
	err   error
	hint  string
	usage bool           // the command line is wrong
	cmd   *cobra.Command // whose usage to show
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// no returns err as the answer "no".
func no(err error, hint string) error { return &failure{code: exitNo, err: err, hint: hint} }

// usage returns err as a mistake in the command line of cmd. That a file took too long
// to read is none.
func usage(cmd *cobra.Command, err error) error {
	if cutShort(err) {
		return err
	}
	return &failure{code: exitUnknown, err: err, usage: true, cmd: cmd}
}

// usagef is usage for the command that is running.
func usagef(format string, args ...any) error { return usage(nil, fmt.Errorf(format, args...)) }

// report writes err to stderr, with what to do next, and returns the exit code.
func (a *app) report(ctx context.Context, err error) int {
	if err == nil {
		return exitYes
	}
	if signal, ok := errors.AsType[interrupted](context.Cause(ctx)); ok {
		a.note("%s: %s: what was finished is kept", programName, signal)
		a.note("hint: run the command again to finish; doing twice what is done changes nothing")
		return 128 + int(signal.signal)
	}
	f := a.explain(err)
	a.note("%s: %s", programName, f.err)
	if f.usage && f.cmd != nil {
		line := f.cmd.UseLine()
		if f.cmd.HasSubCommands() {
			line = f.cmd.CommandPath() + " COMMAND"
		}
		a.note("usage: %s", line)
	}
	a.note("hint: %s", f.hint)
	return f.code
}

// explain fills in the exit code and the hint.
func (a *app) explain(err error) failure {
	f := failure{code: exitUnknown, err: err}
	if known := (*failure)(nil); errors.As(err, &known) {
		f = *known
	}
	if f.hint == "" {
		f.hint = a.hint(f)
	}
	return f
}

// hints are tried in order.
var hints = []struct {
	is   error
	hint string
}{
	{attestdb.ErrUnknownTenant, "`attestdb tenant list` shows the tenants, `attestdb tenant create NAME` makes one"},
	{attestdb.ErrTenantSuspended, "`attestdb tenant resume NAME` lets it write again"},
	{attestdb.ErrRequirement, "give --trusted-root or --key to verify; `attestdb tenant show NAME` shows what the tenant requires, `attestdb tenant require` changes it"},
	{attestdb.ErrVerification, "check that the trusted root or the keys and the identity are the expected ones; --keep-failed stores the evidence as failed"},
	{attestdb.ErrOutcomeUnknown, "run the same command again: what is there already is not stored twice"},
	{attestdb.ErrLedgerBusy, "run the command again, or give it more time with --timeout: a transaction that appends goes on for long; nothing was appended"},
	{attestdb.ErrIdempotencyConflict, "another decision has this key: give each decision its own; nothing was appended"},
	{attestdb.ErrErased, "`attestdb verdict list --all` shows who erased it, and why"},
	{attestdb.ErrHeld, "`attestdb verdict hold list` shows the holds, and why they were placed; `attestdb verdict hold release ID` ends one"},
	{attestdb.ErrNoActor, "give --actor or set ATTESTDB_ACTOR"},
	{attestdb.ErrSchema, "`attestdb migrate status` shows what is there, `attestdb migrate up` applies what is missing"},
	{attestdb.ErrServer, "use PostgreSQL 15 or newer"},
	{attestdb.ErrReadOnly, "connect to the primary (target_session_attrs=read-write in the URL chooses it), or set default_transaction_read_only off"},
	{attestdb.ErrStorageFull, "make room on the server, then run the command again: nothing was stored by halves"},
	{attestdb.ErrRole, "`attestdb migrate bootstrap` makes the roles; with --print it shows them, with a login for each"},
	{embedpg.ErrInUse, "end the other command that uses the demo, or name another directory with --demo-dir"},
	{context.DeadlineExceeded, "give more time with --timeout"},
	{attestdb.ErrUnavailable, "check that the server runs and that host, port and database of the URL are right; or try --demo"},
}

func (a *app) hint(f failure) string {
	if f.usage {
		path := programName
		if f.cmd != nil {
			path = f.cmd.CommandPath()
		}
		return fmt.Sprintf("`%s --help` shows what there is", path)
	}
	if a.demo && (errors.Is(f.err, attestdb.ErrSchema) || errors.Is(f.err, attestdb.ErrRole) || errors.Is(f.err, attestdb.ErrUnavailable)) {
		return "`attestdb demo` prepares the demo again and keeps what is in it"
	}
	var pg *pgconn.PgError
	schema, _ := errors.AsType[*attestdb.SchemaError](f.err)
	switch {
	case schema != nil && schema.Fix != "":
		return schema.Fix + "; `attestdb migrate status` shows what is there"
	case errors.As(f.err, &pg) && strings.Contains(pg.Message, "unsupported startup parameter"):
		return "behind PgBouncer or the like give --pooler transaction, or set ATTESTDB_POOLER=transaction"
	case errors.As(f.err, &pg) && pg.Code == "3D000":
		return "create the database, then run `attestdb migrate bootstrap` and `attestdb migrate up` on it"
	case errors.As(f.err, &pg) && strings.HasPrefix(pg.Code, "28"):
		return "check the user and the password in the URL, and the server's pg_hba.conf"
	}
	for _, h := range hints {
		// Without --timeout it was the server that took too long to answer.
		if errors.Is(h.is, context.DeadlineExceeded) && a.timeout == 0 && errors.Is(f.err, attestdb.ErrUnavailable) {
			continue
		}
		if errors.Is(f.err, h.is) {
			return h.hint
		}
	}
	if errors.Is(f.err, attestdb.ErrInvalid) {
		return "correct the value and run the command again; `attestdb help` shows the commands"
	}
	return "correct the cause and run the command again: nothing is stored by halves"
}

var (
	urlPassword = regexp.MustCompile(`(postgres(?:ql)?://[^\s:/@]*:)\S+@`)
	dsnPassword = regexp.MustCompile(`(?i)(\bpassword\s*=\s*)('(?:[^'\\]|\\.)*'|\S+)`)
)

// redact removes passwords from what is shown.
func (a *app) redact(s string) string {
	for _, secret := range a.secrets {
		// Shorter ones are in every text, and no error quotes a password.
		if len(secret) > 3 {
			s = strings.ReplaceAll(s, secret, "xxxxx")
		}
	}
	s = urlPassword.ReplaceAllString(s, "${1}xxxxx@")
	return dsnPassword.ReplaceAllString(s, "${1}xxxxx")
}
