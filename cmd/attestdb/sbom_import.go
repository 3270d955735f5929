package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/sbom"
)

// importLine is what became of one SBOM.
type importLine struct {
	File           string         `json:"file"`
	Status         string         `json:"status"` // new, existed, refused, unread
	ID             *uuid.UUID     `json:"id,omitempty"`
	SHA256         *digest.SHA256 `json:"sha256,omitempty"`
	ComponentCount *int           `json:"component_count,omitempty"`
	EnvelopeID     *uuid.UUID     `json:"envelope_id,omitempty"`
	Unindexed      []string       `json:"unindexed,omitempty"`
	Error          string         `json:"error,omitempty"`
	Field          string         `json:"field,omitempty"`
	Allowed        string         `json:"allowed,omitempty"`
}

func (a *app) sbomImportCommand() *cobra.Command {
	var flags verifierFlags
	var artifacts []string
	var cmd *cobra.Command
	cmd = a.verb("import FILE|DIR…|-", "Store SBOMs: documents alone, or in DSSE envelopes and Sigstore bundles", 1, -1,
		func(ctx context.Context, args []string) error {
			if i := slices.Index(args, "-"); i >= 0 && slices.Contains(args[i+1:], "-") {
				return usagef("standard input (-) can be read only once")
			}
			in := sbomImport{app: a}
			for _, s := range artifacts {
				d, err := digest.Parse(s)
				if err != nil {
					return usagef("--artifact %q: %w", s, err)
				}
				in.about = append(in.about, d)
			}
			verifier, err := flags.verifier(ctx, cmd.Flags())
			if err != nil {
				return err
			}
			if verifier != nil {
				in.options = append(in.options, attestdb.Verify(verifier))
			}
			db, tenant, err := a.openTenant(ctx)
			if err != nil {
				return err
			}
			defer closeDB(ctx, db) //nolint:errcheck // the command's own error counts
			in.tenant = tenant.As(a.actorName())
			return in.all(ctx, args)
		})
	cmd.Long = cmd.Short + ".\n\n" + directoryHelp
	cmd.Example = "attestdb attestor sbom import --tenant acme --artifact sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b app.cdx.json\n" +
		"syft app:1.0 -o cyclonedx-json | attestdb attestor sbom import --tenant acme -"
	cmd.Flags().StringArrayVar(&artifacts, "artifact", nil, "digest of the artifact that documents alone are about, as sha256:9f86…; may be given several times")
	flags.register(cmd.Flags())
	return cmd
}

type sbomImport struct {
	*app
	tenant  *attestdb.TenantDB
	about   []digest.Digest
	options []attestdb.RecordOption

	stored, existed, refused, unread int
	passed                           passedOver
}

// all tries everything that is found. Only what all of it would meet ends it early.
func (in *sbomImport) all(ctx context.Context, args []string) error {
	total := count(ctx, args)
	bar := in.progress(total)
	defer bar.clear()
	done := 0
	var fatal error
	for s := range in.sources(ctx, args) {
		if ctx.Err() != nil {
			fatal = fmt.Errorf("%s: %w", s.Name, context.Cause(ctx))
			break
		}
		line, err := in.one(ctx, s)
		bar.clear()
		if err == nil {
			err = in.print(line)
		}
		if err != nil {
			fatal = fmt.Errorf("%s: %w", s.Name, err)
			break
		}
		done++
		bar.at(done, s.Name)
	}
	bar.clear()
	if done > 1 {
		in.note("%d in all: %d new, %d existed, %d refused, %d not read", done, in.stored, in.existed, in.refused, in.unread)
	}
	if err := errors.Join(fatal, in.tell(&in.passed)); err != nil {
		return err
	}
	switch {
	case in.unread > 0:
		return &failure{code: exitUnknown, err: fmt.Errorf("%d of %d could not be read", in.unread, done), hint: "check the paths and their permissions; the others are done"}
	case in.refused > 0:
		return no(fmt.Errorf("%d of %d refused", in.refused, done), "correct what the lines above name; nothing of what was refused is stored")
	case done == 0:
		return usagef("there is no SBOM in %s: name files, or directories with files that end in %s", strings.Join(args, ", "), strings.Join(attestor.Extensions, ", "))
	}
	return nil
}

// one stores what a source holds. A refusal is a line; an error is what every source
// would meet.
func (in *sbomImport) one(ctx context.Context, s attestor.Source) (importLine, error) {
	line := importLine{File: s.Name, Status: "unread"}
	if s.Err != nil {
		in.unread++
		line.Error = s.Err.Error()
		return line, nil //nolint:nilerr // the line tells
	}
	rec, err := in.record(ctx, s.Raw, &line)
	invalid, isInvalid := errors.AsType[*attestdb.InvalidError](err)
	switch {
	case isInvalid, errors.Is(err, attestdb.ErrVerification), errors.Is(err, attestdb.ErrRequirement):
		in.refused++
		line.Status, line.Error = "refused", err.Error()
		if isInvalid {
			line.Field, line.Allowed = invalid.Field, invalid.Allowed
		}
		return line, nil
	case errors.Is(err, attestdb.ErrTenantSuspended):
		return line, no(err, "")
	case err != nil:
		return line, err
	}
	if rec.Existed {
		in.existed++
	} else {
		in.stored++
	}
	line.Status, line.ID, line.SHA256, line.ComponentCount = newOrExisted(rec.Existed), &rec.ID, &rec.SHA256, &rec.Components
	for _, u := range rec.Unindexed {
		line.Unindexed = append(line.Unindexed, u.Error())
	}
	return line, nil
}

// record stores evidence with an SBOM, or an SBOM alone.
func (in *sbomImport) record(ctx context.Context, raw []byte, line *importLine) (attestor.SBOMRecorded, error) {
	var top map[string]json.RawMessage
	if json.Unmarshal(raw, &top) != nil || top["payload"] == nil && top["dsseEnvelope"] == nil && top["messageSignature"] == nil {
		return in.tenant.ImportSBOM(ctx, raw, attestdb.About("", in.about...))
	}
	ev, err := attestor.Parse(raw)
	if err != nil {
		return attestor.SBOMRecorded{}, err
	}
	// What is stored by this command is an SBOM, unlike by ingest.
	if d, err := ev.ReadSBOM(); err != nil {
		return attestor.SBOMRecorded{}, err
	} else if d == nil {
		return attestor.SBOMRecorded{}, &attestdb.InvalidError{
			Field: "payload.predicateType", Allowed: attestor.PredicateTypeCycloneDX + " or " + attestor.PredicateTypeSPDX,
			Problem: "it holds no SBOM; `" + programName + " ingest` stores evidence of every kind",
		}
	}
	rec, err := in.tenant.Record(ctx, ev, in.options...)
	if err != nil {
		return attestor.SBOMRecorded{}, err
	}
	line.EnvelopeID = &rec.ID
	return *rec.SBOM, nil
}

func (in *sbomImport) print(line importLine) error {
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
	}
	for _, u := range line.Unindexed {
		in.note("%s: not looked up: %s", line.File, u)
	}
	cells := []string{line.ID.String(), line.SHA256.String()[:12], fmt.Sprintf("%d components", *line.ComponentCount), line.Status, line.File}
	in.printf("%s\n", strings.ReplaceAll(strings.Join(cells, "  "), "\n", `\n`))
	return in.stdout.Flush()
}

// sources are all documents that the arguments stand for. Unlike evidence they may
// have [sbom.MaxSize].
func (in *sbomImport) sources(ctx context.Context, args []string) iter.Seq[attestor.Source] {
	return func(yield func(attestor.Source) bool) {
		for _, arg := range args {
			if arg == "-" {
				raw, err := io.ReadAll(io.LimitReader(newInput(ctx, in.stdin), sbom.MaxSize+1))
				if !yield(attestor.Source{Name: arg, Raw: raw, Err: err}) {
					return
				}
				continue
			}
			for f := range filesOf(ctx, arg, in.passed.add) {
				if f.err == nil && attestor.HasLines(f.name) {
					for s := range f.sources() {
						if !yield(s) {
							return
						}
					}
					continue
				}
				s := attestor.Source{Name: f.path, Err: f.err}
				if f.err == nil {
					s.Raw, s.Err = readDocument(ctx, f.path)
				}
				if !yield(s) {
					return
				}
			}
		}
	}
}

func readDocument(ctx context.Context, path string) ([]byte, error) {
	f, err := openFile(ctx, path)
	if err != nil {
		if p, ok := errors.AsType[*os.PathError](err); ok {
			err = p.Err
		}
		return nil, err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	return io.ReadAll(io.LimitReader(f, sbom.MaxSize+1))
}
