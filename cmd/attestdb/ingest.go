package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
)

// ingestLine is what became of one file.
type ingestLine struct {
	File          string            `json:"file"`
	Status        string            `json:"status"` // new, existed, refused
	ID            *uuid.UUID        `json:"id,omitempty"`
	SHA256        *digest.SHA256    `json:"sha256,omitempty"`
	CreatedAt     *time.Time        `json:"created_at,omitempty"`
	PayloadType   *string           `json:"payload_type,omitempty"`
	PredicateType *string           `json:"predicate_type,omitempty"`
	Verification  *verificationJSON `json:"verification,omitempty"`
	Error         string            `json:"error,omitempty"`
	Field         string            `json:"field,omitempty"`
	Allowed       string            `json:"allowed,omitempty"`
}

func (a *app) ingestCommand() *cobra.Command {
	var flags verifierFlags
	var keepFailed bool
	var cmd *cobra.Command
	cmd = a.verb("ingest FILE…|-", "Verify and store DSSE envelopes and Sigstore bundles", 1, -1,
		func(ctx context.Context, args []string) error {
			if i := slices.Index(args, "-"); i >= 0 && slices.Contains(args[i+1:], "-") {
				return usagef("standard input (-) can be read only once")
			}
			verifier, err := flags.verifier(cmd.Flags())
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
			return in.files(ctx, args)
		})
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

	stored, existed, refused, unread int
}

// files tries every file. Only what all files would meet ends it early.
func (in *ingest) files(ctx context.Context, files []string) error {
	bar := in.progress(len(files))
	defer bar.clear()
	for i, file := range files {
		bar.at(i, file)
		raw, err := in.read(file)
		if err != nil {
			bar.clear()
			in.unread++
			in.note("%s: %s: %s", programName, file, err)
			continue
		}
		line, err := in.one(ctx, file, raw)
		bar.clear()
		if err != nil {
			in.summary(len(files))
			return fmt.Errorf("%s: %w", file, err)
		}
		if err := in.print(line); err != nil {
			return err
		}
	}
	in.summary(len(files))
	switch {
	case in.unread > 0:
		return &failure{code: exitUnknown, err: fmt.Errorf("%d of %d files could not be read", in.unread, len(files)), hint: "check the paths and their permissions; the other files are done"}
	case in.refused > 0:
		return no(fmt.Errorf("%d of %d files refused", in.refused, len(files)), "correct what the lines above name, or get the evidence anew; nothing of a refused file is stored")
	}
	return nil
}

// read reads a file, at most one byte more than is allowed.
func (in *ingest) read(file string) ([]byte, error) {
	var r io.Reader = in.stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			if path, ok := errors.AsType[*os.PathError](err); ok {
				err = path.Err
			}
			return nil, err
		}
		defer f.Close()
		r = f
	}
	raw, err := io.ReadAll(io.LimitReader(r, attestor.MaxContentSize+1))
	if path, ok := errors.AsType[*os.PathError](err); ok {
		err = path.Err
	}
	return raw, err
}

// one records a file. A refusal is a line; an error is what every file would
// meet.
func (in *ingest) one(ctx context.Context, file string, raw []byte) (ingestLine, error) {
	ev, err := attestor.Parse(raw)
	var rec attestor.Recorded
	if err == nil {
		rec, err = in.tenant.Record(ctx, ev, in.options...)
	}
	var invalid *attestdb.InvalidError
	var unverified *attestdb.VerificationError
	switch {
	case err == nil:
		return in.recorded(file, ev, rec), nil
	case errors.As(err, &invalid):
		in.refused++
		return ingestLine{File: file, Status: "refused", Error: err.Error(), Field: invalid.Field, Allowed: invalid.Allowed}, nil
	case errors.As(err, &unverified):
		in.refused++
		return ingestLine{File: file, Status: "refused", SHA256: &ev.SHA256, Error: err.Error()}, nil
	case errors.Is(err, attestdb.ErrTenantSuspended):
		return ingestLine{}, no(err, "")
	}
	return ingestLine{}, err
}

func (in *ingest) recorded(file string, ev *attestdb.Evidence, rec attestor.Recorded) ingestLine {
	if rec.Existed {
		in.existed++
	} else {
		in.stored++
	}
	line := ingestLine{
		File: file, Status: newOrExisted(rec.Existed), ID: &rec.ID, SHA256: &rec.SHA256, CreatedAt: &rec.CreatedAt,
		PayloadType: &ev.Envelope.PayloadType, Verification: newVerificationJSON(rec.Verification),
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
	if line.Status == "refused" {
		in.note("%s: %s: refused: %s", programName, line.File, line.Error)
		return nil
	}
	what := *line.PayloadType
	if line.PredicateType != nil {
		what = *line.PredicateType
	}
	cells := []string{line.ID.String(), line.SHA256.String()[:12], what, string(line.Verification.Outcome), line.Status, line.File}
	in.printf("%s\n", strings.ReplaceAll(strings.Join(cells, "  "), "\n", `\n`))
	return in.stdout.Flush()
}

func (in *ingest) summary(total int) {
	if total == 1 {
		return
	}
	in.note("%d files: %d new, %d existed, %d refused, %d not done", total, in.stored, in.existed, in.refused,
		total-in.stored-in.existed-in.refused)
}
