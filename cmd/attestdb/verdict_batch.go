package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/strictjson"
)

const (
	// A transaction's share of a batch: it takes some 20 ms.
	chunkDecisions = 1000
	chunkBytes     = 8 << 20
)

// batchAppend reads decisions and appends them chunk by chunk.
type batchAppend struct {
	*app
	tenant  *attestdb.TenantDB
	options []attestdb.DecideOption
	bar     *progress

	decisions         []verdict.Decision
	lines             []string
	bytes             int
	appended, existed int
}

func (a *app) appendBatch(ctx context.Context, tenant *attestdb.TenantDB, file string, options []attestdb.DecideOption) error {
	var in io.Reader = newInput(ctx, a.stdin)
	if file != "-" {
		f, err := openFile(ctx, file)
		if err != nil {
			return usagef("--batch: %w", err)
		}
		defer f.Close() //nolint:errcheck // nothing was written
		in = f
	}
	b := batchAppend{app: a, tenant: tenant, options: options, bar: a.progress(0)}
	err := b.all(ctx, file, in)
	b.bar.clear()
	a.note("%d appended, %d existed", b.appended, b.existed)
	return err
}

func (b *batchAppend) all(ctx context.Context, file string, in io.Reader) error {
	for s := range attestor.Lines(file, in) {
		if cutShort(s.Err) {
			return b.cut(s)
		}
		if s.Err != nil {
			return &failure{code: exitUnknown, err: fmt.Errorf("%s: %w", s.Name, s.Err), hint: "one decision in JSON a line; " + batchHint}
		}
		d, err := parseDecision(s.Raw)
		if err != nil {
			return b.refused(ctx, s.Name, err)
		}
		b.decisions, b.lines, b.bytes = append(b.decisions, d), append(b.lines, s.Name), b.bytes+len(s.Raw)
		if len(b.decisions) < chunkDecisions && b.bytes < chunkBytes && len(b.options) == 0 {
			continue
		}
		if err := b.flush(ctx); err != nil {
			return err
		}
	}
	if err := b.flush(ctx); err != nil {
		return err
	}
	if b.appended+b.existed == 0 {
		return usagef("%s: there is no decision in it", file)
	}
	return nil
}

// cut says what was read and is not appended when the time was over, or a signal came.
func (b *batchAppend) cut(s attestor.Source) error {
	if len(b.lines) == 0 {
		return fmt.Errorf("%s: %w", s.Name, s.Err)
	}
	return fmt.Errorf("%s: %w; no line from %s on was appended", s.Name, s.Err, b.lines[0])
}

const batchHint = "what is listed is appended: give the decisions idempotency keys, and the whole batch can be run again"

// refused appends what comes before the line that is at fault.
func (b *batchAppend) refused(ctx context.Context, line string, err error) error {
	if err := b.flush(ctx); err != nil {
		return err
	}
	return no(fmt.Errorf("%s: %w", line, err), "correct the line; "+batchHint)
}

// flush appends what was read, all of it or nothing, and lists it.
func (b *batchAppend) flush(ctx context.Context) error {
	if len(b.decisions) == 0 {
		return nil
	}
	decided, err := b.decide(ctx)
	at, isOne := errors.AsType[*attestdb.BatchError](err)
	switch {
	case isOne && (errors.Is(err, attestdb.ErrInvalid) || errors.Is(err, attestdb.ErrIdempotencyConflict)):
		return no(fmt.Errorf("%s: %w; no line from %s on was appended", b.lines[at.Index], at.Err, b.lines[0]), "correct the line; "+batchHint)
	case err != nil:
		return refusedDecision(fmt.Errorf("%s: %w", b.lines[0], err))
	}
	b.bar.clear()
	for i := range decided {
		if decided[i].Existed {
			b.existed++
		} else {
			b.appended++
		}
		if err := b.printDecided(&decided[i]); err != nil {
			return err
		}
	}
	if err := b.stdout.Flush(); err != nil {
		return err
	}
	b.bar.at(b.appended+b.existed, b.lines[len(b.lines)-1])
	b.decisions, b.lines, b.bytes = b.decisions[:0], b.lines[:0], 0
	return nil
}

// decide appends in one transaction; a decision with a receipt has its own.
func (b *batchAppend) decide(ctx context.Context) ([]attestdb.Decided, error) {
	if len(b.options) > 0 {
		d, err := b.tenant.Decide(ctx, b.decisions[0], b.options...)
		if err != nil {
			err = &attestdb.BatchError{Err: err}
		}
		return []attestdb.Decided{d}, err
	}
	appended, err := b.tenant.Verdict().AppendBatch(ctx, b.decisions)
	decided := make([]attestdb.Decided, len(appended))
	for i, a := range appended {
		decided[i].Appended = a
	}
	return decided, err
}

// parseDecision reads a line of a batch: a JSON object with the names of the columns,
// but for subject, which is a digest with its algorithm. A member that is null is as good
// as none. The error is a *[attestdb.InvalidError].
func parseDecision(raw []byte) (d verdict.Decision, err error) {
	if err := strictjson.Check("", raw, strictjson.Rules{MaxNesting: attestor.MaxNesting}); err != nil {
		return d, err
	}
	err = strictjson.EachMember("", strictjson.SkipSpace(raw), func(name string, value []byte) (err error) {
		into := func(parse func(string) error) error { return parseText(name, value, parse) }
		text := func(to *string) error { return into(func(s string) error { *to = s; return nil }) }
		switch name {
		case "subject":
			return into(func(s string) (err error) { d.Subject.Digest, err = digest.Parse(s); return err })
		case "subject_name":
			return text(&d.Subject.Name)
		case "result":
			return into(func(s string) error { d.Result = verdict.Result(s); return nil })
		case "policy_uri":
			return text(&d.Policy.URI)
		case "policy_digest":
			return into(func(s string) (err error) { d.Policy.Digest, err = parseSomeSHA256(name, s); return err })
		case "reason":
			return text(&d.Reason)
		case "inputs":
			return parseInputs(value, &d.Inputs)
		case "verifier":
			return text(&d.Verifier)
		case "verified_at":
			return into(func(s string) (err error) {
				// The zero time stands for none.
				if d.TimeVerified, err = time.Parse(time.RFC3339Nano, s); err != nil || d.TimeVerified.IsZero() {
					return &attestdb.InvalidError{Field: name, Allowed: "a time such as 2026-01-31T12:00:00Z"}
				}
				return nil
			})
		case "payload":
			if !null(value) {
				d.Payload = value
			}
			return nil
		case "idempotency_key":
			return text(&d.IdempotencyKey)
		}
		return &attestdb.InvalidError{
			Field: name, Problem: "there is no such field",
			Allowed: "subject, subject_name, result, policy_uri, policy_digest, reason, inputs, verifier, verified_at, payload or idempotency_key",
		}
	})
	return d, err
}

func null(value []byte) bool { return value[0] == 'n' }

func parseText(path string, value []byte, parse func(string) error) error {
	if null(value) {
		return nil
	}
	if value[0] != '"' {
		return strictjson.WrongKind(path, "a string", value)
	}
	text, err := strictjson.Unquote(value)
	if err == nil {
		err = parse(text)
	}
	return err
}

func parseInputs(value []byte, to *[]verdict.Input) error {
	if null(value) {
		return nil
	}
	return strictjson.EachElement("inputs", value, func(i int, value []byte) error {
		path := strictjson.ElementPath("inputs", i)
		var in verdict.Input
		err := strictjson.EachMember(path, value, func(name string, value []byte) error {
			path := strictjson.MemberPath(path, name)
			switch name {
			case "kind":
				return parseText(path, value, func(s string) error { in.Kind = s; return nil })
			case "digest":
				return parseText(path, value, func(s string) (err error) { in.Digest, err = digest.ParseSHA256(s); return err })
			}
			return &attestdb.InvalidError{Field: path, Problem: "there is no such field", Allowed: "kind or digest"}
		})
		*to = append(*to, in)
		return err
	})
}
