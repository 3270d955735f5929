// Package embed shows attestdb as a service's data layer: evidence comes in,
// is verified, is recorded for a tenant, and is found by its artifact.
package embed

import (
	"context"
	"fmt"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
)

// Keep records a signed attestation and prints what is known of its artifact.
func Keep(ctx context.Context, db *attestdb.DB, id attestdb.TenantID, verifier attestor.Verifier, raw []byte, artifact digest.Digest) error {
	ev, err := attestor.Parse(raw) // a DSSE envelope or a Sigstore bundle
	if err != nil {
		return err // *attestdb.InvalidError names the field and what is allowed
	}
	acme := db.Tenant(id).As("ci@acme")
	if _, err := acme.Record(ctx, ev, attestdb.Verify(verifier)); err != nil {
		return err // errors.Is(err, attestdb.ErrVerification): refused, nothing stored
	}
	for m, err := range acme.Attestor().All(ctx, attestor.Query{Subject: artifact}) {
		if err != nil {
			return err
		}
		fmt.Println(m.PredicateType, m.SubjectNames, m.Verification.Outcome)
	}
	return nil
}
