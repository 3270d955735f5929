package sigstore

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
)

// verifyCertificates returns an error unless every certificate behind the signer's is,
// byte for byte, one of the trusted certificate authorities'. sigstore-go leads the
// signer's to a root by the trusted certificates alone and reads no others, so that
// anything may stand there. Authorities of another type than sigstore-go's own show no
// certificates, and vouch for none.
func verifyCertificates(b *bundle.Bundle, material root.TrustedMaterial) error {
	certificates := b.GetVerificationMaterial().GetX509CertificateChain().GetCertificates()
	for i := 1; i < len(certificates); i++ {
		if !isAuthoritys(certificates[i].GetRawBytes(), material) {
			return fmt.Errorf("certificate %d of the chain is of no trusted certificate authority", i)
		}
	}
	return nil
}

func isAuthoritys(der []byte, material root.TrustedMaterial) bool {
	for _, authority := range material.FulcioCertificateAuthorities() {
		ca, known := authority.(*root.FulcioCertificateAuthority)
		if !known {
			continue
		}
		if ca.Root != nil && bytes.Equal(der, ca.Root.Raw) {
			return true
		}
		for _, intermediate := range ca.Intermediates {
			if bytes.Equal(der, intermediate.Raw) {
				return true
			}
		}
	}
	return false
}

// verifyTimestamps returns an error unless every time-stamp is a trusted authority's,
// of this signature. sigstore-go passes over those that are not while it has times
// enough. Without an authority nobody can tell.
func verifyTimestamps(b *bundle.Bundle, material root.TrustedMaterial) error {
	authorities := material.TimestampingAuthorities()
	if len(authorities) == 0 {
		return nil
	}
	timestamps, err := b.Timestamps()
	if err != nil {
		return fmt.Errorf("read time-stamps: %w", err)
	}
	signed, err := b.SignatureContent()
	if err != nil {
		return fmt.Errorf("read signature: %w", err)
	}
	for i, timestamp := range timestamps {
		var problems []error
		for _, authority := range authorities {
			_, err := authority.Verify(timestamp, signed.Signature())
			if err == nil {
				problems = nil
				break
			}
			problems = append(problems, err)
		}
		if problems != nil {
			return fmt.Errorf("time-stamp %d: %w", i, errors.Join(problems...))
		}
	}
	return nil
}
