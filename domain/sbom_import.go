package attestdb

import (
	"bytes"
	"context"
	"fmt"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/sbom"
	"stella-ops.org/attestdb/internal/pgfault"
)

// ImportOption changes what [TenantDB.ImportSBOM] does.
type ImportOption func(*importOptions)

type importOptions struct{ artifacts []attestor.SBOMArtifact }

// About says that the SBOM is about the artifact with these digests. They are added
// to what the document says itself. The name may be "": the document's is taken.
func About(name string, digests ...digest.Digest) ImportOption {
	return func(o *importOptions) {
		for _, d := range digests {
			o.artifacts = append(o.artifacts, attestor.SBOMArtifact{Name: name, Digest: d})
		}
	}
}

// ImportSBOM stores an SBOM that came alone: its bytes, its components and the
// artifacts that it is about, all of it or nothing, in one round trip. What it says
// is not signed; evidence with an SBOM goes to [TenantDB.Record].
//
// The same bytes again return the first record, with Existed set, and add artifacts
// to it that it does not have.
//
// It returns an *[InvalidError] for what [sbom.Parse] refuses, [ErrUnknownTenant] or
// [ErrTenantSuspended]. Transient errors are retried.
func (t *TenantDB) ImportSBOM(ctx context.Context, raw []byte, opts ...ImportOption) (_ attestor.SBOMRecorded, err error) {
	ctx, call := t.start(ctx, "import_sbom")
	defer call.End(&err)
	rec, err := t.importSBOM(ctx, raw, opts)
	t.counted(ctx, kindSBOM, rec.Existed, err)
	return rec, err
}

func (t *TenantDB) importSBOM(ctx context.Context, raw []byte, opts []ImportOption) (attestor.SBOMRecorded, error) {
	o := &importOptions{}
	for _, opt := range opts {
		opt(o)
	}
	if err := o.validate(); err != nil {
		return attestor.SBOMRecorded{}, err
	}
	if t.actor != "" {
		if err := t.actor.Validate(); err != nil {
			return attestor.SBOMRecorded{}, err
		}
	}
	d, err := sbom.Parse(raw)
	if err != nil {
		return attestor.SBOMRecorded{}, err
	}
	entry := attestor.SBOMEntry{
		Stamp: attestor.NewStamp(), Document: d, Content: bytes.Clone(raw), Actor: t.actor, Artifacts: o.artifacts,
	}
	var rec attestor.SBOMRecorded
	err = pgfault.Retry(ctx, t.retryStatement, func() (err error) {
		rec, err = attestor.RecordSBOM(ctx, t.conn, entry)
		return err
	})
	return rec, err
}

func (o *importOptions) validate() error {
	if len(o.artifacts) > attestor.MaxSubjects {
		return &fault.Invalid{Field: "About", Allowed: fmt.Sprintf("at most %d digests", attestor.MaxSubjects), Problem: "there are more"}
	}
	for _, a := range o.artifacts {
		if a.Digest.IsZero() {
			return &fault.Invalid{Field: "About", Allowed: "digests that are not zero"}
		}
		if err := a.Validate(); err != nil {
			return err
		}
	}
	return nil
}
