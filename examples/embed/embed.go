// Package embed shows attestdb as a service's data layer: evidence comes in,
// is verified, is recorded for a tenant, and is found by its artifact.
package embed

import (
	"context"
	"fmt"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/verifier/publickey"
)

// Keep records a signed attestation and prints what is known of its artifact.
func Keep(ctx context.Context, db *attestdb.DB, tenant string, raw, publicKey []byte, artifact digest.Digest) error {
	id, err := db.TenantByName(ctx, tenant)
	if err != nil {
		return err
	}
	keys, err := publickey.ParsePEM("release-key", publicKey)
	if err != nil {
		return err
	}
	verifier, err := publickey.New(keys)
	if err != nil {
		return err
	}
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
