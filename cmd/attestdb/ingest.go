package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
)

// ingestLine is what became of one piece of evidence.
type ingestLine struct {
	File          string            `json:"file"`
	Status        string            `json:"status"` // new, existed, erased, refused, unread
	ID            *uuid.UUID        `json:"id,omitempty"`
	SHA256        *digest.SHA256    `json:"sha256,omitempty"`
	CreatedAt     *time.Time        `json:"created_at,omitempty"`
	PayloadType   *string           `json:"payload_type,omitempty"`
	PredicateType *string           `json:"predicate_type,omitempty"`
	Verification  *verificationJSON `json:"verification,omitempty"`
	SBOM          *ingestSBOM       `json:"sbom,omitempty"`
	Error         string            `json:"error,omitempty"`
	Field         string            `json:"field,omitempty"`
	Allowed       string            `json:"allowed,omitempty"`
}

// ingestSBOM is what became of an SBOM that evidence has as its predicate.
type ingestSBOM struct {
	ID             *uuid.UUID `json:"id"`
	ComponentCount int        `json:"component_count"`
	Problem        *string    `json:"problem"`
}

func newIngestSBOM(rec *attestor.SBOMRecorded) *ingestSBOM {
	switch {
	case rec == nil:
		return nil
	case rec.Problem != nil:
		return &ingestSBOM{Problem: optionalText(rec.Problem.Error())}
	}
	return &ingestSBOM{ID: &rec.ID, ComponentCount: rec.Components}
}

func (a *app) ingestCommand() *cobra.Command {
	var flags verifierFlags
	var keepFailed bool
	var cmd *cobra.Command
	cmd = a.verb("ingest FILE|DIR…|-", "Verify and store DSSE envelopes and Sigstore bundles", 1, -1,
		func(ctx context.Context, args []string) error {
			if i := slices.Index(args, "-"); i >= 0 && slices.Contains(args[i+1:], "-") {
				return usagef("standard input (-) can be read only once")
			}
			verifier, err := flags.verifier(ctx, cmd.Flags())
			if err != nil {
				return err
			}
			if keepFailed && verifier == nil {
				return usagef("--keep-failed needs --trusted-root or --key")
			}
			db, tenant, err := a.openTenant(ctx)
			if err != nil {
				return err
			}
			defer closeDB(ctx, db) //nolint:errcheck // the command's own error counts
			in := ingest{app: a, tenant: tenant.As(a.actorName())}
			if verifier == nil {
				a.note("no --trusted-root and no --key: storing as unverified")
			} else {
				in.options = append(in.options, attestdb.Verify(verifier))
			}
			if keepFailed {
				in.options = append(in.options, attestdb.KeepFailed())
			}
			return in.all(ctx, args)
		})
	cmd.Long = cmd.Short + ".\n\n" + directoryHelp
	cmd.Example = "attestdb ingest --tenant acme --trusted-root trusted_root.json \\\n" +
		"--certificate-oidc-issuer https://token.actions.githubusercontent.com \\\n" +
		"--certificate-identity-regexp https://github\\.com/acme/.+ *.sigstore.json\n" +
		"cosign download attestation $IMAGE | attestdb ingest --tenant acme --key cosign.pub -"
	flags.register(cmd.Flags())
	cmd.Flags().BoolVar(&keepFailed, "keep-failed", false, "store what does not verify too, as failed")
	return cmd
}

type ingest struct {
	*app
	tenant  *attestdb.TenantDB
	options []attestdb.RecordOption

	stored, existed, erased, refused, unread, left int
	passed                                         passedOver
}

// all tries everything that is found. Only what all of it would meet ends it
// early.
func (in *ingest) all(ctx context.Context, args []string) error {
	total := count(ctx, args)
	bar := in.progress(total)
	defer bar.clear()
	done := 0
	var fatal error
	// What ends the loop must not wait for more evidence to come.
	reading, stop := context.WithCancel(ctx)
	defer stop()
	for r := range in.tenant.RecordEach(ctx, in.sources(reading, args), in.options...) {
		bar.clear()
		var line ingestLine
		if line, fatal = in.judge(r); fatal != nil {
			in.left = max(total-done, 0)
			if r.Name != "" {
				in.left = max(in.left, 1)
				fatal = fmt.Errorf("%s: %w", r.Name, fatal)
			}
		} else {
			fatal = in.print(line)
		}
		if fatal != nil {
			stop()
			break
		}
		done++
		bar.at(done, r.Name)
	}
	bar.clear()
	in.summary()
	if err := errors.Join(fatal, in.tell(&in.passed)); err != nil {
		return err
	}
	tried := in.stored + in.existed + in.erased + in.refused + in.unread
	switch {
	case in.unread > 0:
		return &failure{code: exitUnknown, err: fmt.Errorf("%d of %d could not be read", in.unread, tried), hint: "check the paths and their permissions; the others are done"}
	case in.refused > 0:
		return no(fmt.Errorf("%d of %d refused", in.refused, tried), "correct what the lines above name, or get the evidence anew; nothing of what was refused is stored")
	case in.erased > 0:
		return no(fmt.Errorf("%d of %d are not stored: their bytes were erased before", in.erased, tried), "the lines above say how to see who erased them, and why; what is erased stays erased")
	case tried == 0:
		return usagef("there is no evidence in %s: name files, or directories with files that end in %s", strings.Join(args, ", "), strings.Join(attestor.Extensions, ", "))
	}
	return nil
}

// sources are all pieces of evidence that the arguments stand for, those that are read
// before ctx ends.
func (in *ingest) sources(ctx context.Context, args []string) iter.Seq[attestor.Source] {
	return func(yield func(attestor.Source) bool) {
		for _, arg := range args {
			for s := range in.sourcesOf(ctx, arg) {
				if ctx.Err() != nil || !yield(s) {
					return
				}
			}
		}
	}
}

func (in *ingest) sourcesOf(ctx context.Context, arg string) iter.Seq[attestor.Source] {
	if arg == "-" {
		return attestor.Documents(arg, newInput(ctx, in.stdin))
	}
	return func(yield func(attestor.Source) bool) {
		for f := range filesOf(ctx, arg, in.passed.add) {
			for s := range f.sources() {
				if !yield(s) {
					return
				}
			}
		}
	}
}

// judge makes a line of a result. A refusal is a line; an error is what every
// piece of evidence would meet.
func (in *ingest) judge(r attestdb.SourceResult) (ingestLine, error) {
	var invalid *attestdb.InvalidError
	var unverified *attestdb.VerificationError
	line := ingestLine{File: r.Name, Status: "refused"}
	if r.Err != nil {
		line.Error = r.Err.Error()
	}
	switch {
	case r.Err == nil:
		return in.recorded(r.Name, r.Evidence, r.Recorded), nil
	case errors.As(r.Err, &invalid):
		in.refused++
		line.Field, line.Allowed = invalid.Field, invalid.Allowed
		return line, nil
	case errors.As(r.Err, &unverified):
		in.refused++
		line.SHA256 = &r.Evidence.SHA256
		return line, nil
	case errors.Is(r.Err, attestdb.ErrRequirement):
		in.refused++
		line.SHA256 = &r.Evidence.SHA256
		return line, nil
	case r.Evidence == nil && r.Name != "":
		in.unread++
		line.Status = "unread"
		return line, nil
	case errors.Is(r.Err, attestdb.ErrTenantSuspended):
		return line, no(r.Err, "")
	}
	return line, r.Err
}

func (in *ingest) recorded(file string, ev *attestdb.Evidence, rec attestor.Recorded) ingestLine {
	status := newOrExisted(rec.Existed)
	switch {
	case rec.Erased:
		in.erased++
		status = "erased"
	case rec.Existed:
		in.existed++
	default:
		in.stored++
	}
	line := ingestLine{
		File: file, Status: status, ID: &rec.ID, SHA256: &rec.SHA256, CreatedAt: &rec.CreatedAt,
		PayloadType: &ev.Envelope.PayloadType, Verification: newVerificationJSON(rec.Verification), SBOM: newIngestSBOM(rec.SBOM),
	}
	if ev.Statement != nil {
		line.PredicateType = &ev.Statement.PredicateType
	}
	return line
}

func (in *ingest) print(line ingestLine) error {
	if in.json {
		if err := in.printJSON(line); err != nil {
			return err
		}
		return in.stdout.Flush()
	}
	switch line.Status {
	case "refused":
		in.note("%s: %s: refused: %s", programName, line.File, line.Error)
		return nil
	case "unread":
		in.note("%s: %s: %s", programName, line.File, line.Error)
		return nil
	case "erased":
		in.note("%s: not stored: its bytes were erased before; %s", line.File, whoErased(*line.SHA256))
	}
	if line.SBOM != nil && line.SBOM.Problem != nil {
		in.note("%s: stored, but its SBOM is not indexed: %s", line.File, *line.SBOM.Problem)
	}
	what := *line.PayloadType
	if line.PredicateType != nil {
		what = *line.PredicateType
	}
	cells := []string{line.ID.String(), line.SHA256.String()[:12], what, string(line.Verification.Outcome), line.Status, line.File}
	in.printf("%s\n", oneLine(strings.Join(cells, "  ")))
	return in.stdout.Flush()
}

func (in *ingest) summary() {
	total := in.stored + in.existed + in.erased + in.refused + in.unread + in.left
	if total == 1 {
		return
	}
	erased := ""
	if in.erased > 0 {
		erased = fmt.Sprintf(", %d erased before", in.erased)
	}
	in.note("%d in all: %d new, %d existed%s, %d refused, %d not done", total, in.stored, in.existed, erased, in.refused, in.unread+in.left)
}
