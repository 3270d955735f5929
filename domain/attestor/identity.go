package attestor

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"time"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
)

// Identity is whom a certificate says it was issued to. It is the certificate's
// claim: nobody has checked who signed the certificate.
type Identity struct {
	// Issuer is the OpenID Connect issuer that Fulcio records, "" in a
	// certificate without one.
	Issuer string
	// SubjectAlternativeName is the first URI, else the first e-mail address,
	// else Fulcio's otherName: Sigstore verifiers match the same one. Else it is the
	// first DNS name, which none of them matches; "" without any.
	SubjectAlternativeName string
	// CertificateSHA256 is the digest of the certificate in DER.
	CertificateSHA256 digest.SHA256
	// NotBefore and NotAfter bound the certificate's validity, in UTC.
	NotBefore, NotAfter time.Time
}

// https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md
var (
	oidFulcioIssuer           = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, 1}
	oidFulcioOtherName        = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, 7}
	oidFulcioIssuerV2         = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, 8}
	oidSubjectAlternativeName = asn1.ObjectIdentifier{2, 5, 29, 17}
)

// parseIdentity reads the certificate der; path is where it stands.
func parseIdentity(path string, der []byte) (*Identity, error) {
	cert, err := parseCertificate(path, der)
	if err != nil {
		return nil, err
	}
	id := &Identity{
		CertificateSHA256: digest.Sum(der),
		NotBefore:         cert.NotBefore.UTC(),
		NotAfter:          cert.NotAfter.UTC(),
	}
	if id.Issuer, err = fulcioIssuer(cert.Extensions); err == nil {
		id.SubjectAlternativeName, err = subjectAlternativeName(cert)
	}
	if err != nil {
		return nil, invalidCertificate(path, err)
	}
	if err := checkText(path, id.Issuer, MaxTextLength); err != nil {
		return nil, err
	}
	return id, checkText(path, id.SubjectAlternativeName, MaxTextLength)
}

func parseCertificate(path string, der []byte) (*x509.Certificate, error) {
	if n := len(der); n == 0 || n > MaxCertificateSize {
		return nil, &fault.Invalid{Field: path, Allowed: fmt.Sprintf("a certificate of 1 to %d bytes", MaxCertificateSize), Problem: fmt.Sprintf("it has %d", n)}
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, invalidCertificate(path, err)
	}
	return cert, nil
}

func invalidCertificate(path string, err error) error {
	return &fault.Invalid{Field: path, Allowed: "an X.509 certificate in DER", Problem: err.Error()}
}

// fulcioIssuer returns the issuer of the newer extension, a DER string, else of
// the older one, whose value is the bare text.
func fulcioIssuer(extensions []pkix.Extension) (string, error) {
	var older string
	for _, ext := range extensions {
		switch {
		case ext.Id.Equal(oidFulcioIssuerV2):
			var issuer string
			rest, err := asn1.Unmarshal(ext.Value, &issuer)
			if err != nil || len(rest) > 0 {
				return "", errors.New("its issuer extension (1.3.6.1.4.1.57264.1.8) is not one DER string")
			}
			return issuer, nil
		case ext.Id.Equal(oidFulcioIssuer):
			older = string(ext.Value)
		}
	}
	return older, nil
}

func subjectAlternativeName(cert *x509.Certificate) (string, error) {
	if len(cert.URIs) > 0 {
		return cert.URIs[0].String(), nil
	}
	if len(cert.EmailAddresses) > 0 {
		return cert.EmailAddresses[0], nil
	}
	for _, ext := range cert.Extensions {
		if ext.Id.Equal(oidSubjectAlternativeName) {
			name, err := otherName(ext.Value)
			if err == nil && name == "" && len(cert.DNSNames) > 0 {
				name = cert.DNSNames[0]
			}
			return name, err
		}
	}
	return "", nil
}

// otherName returns Fulcio's otherName of the GeneralNames in DER, "" without.
func otherName(der []byte) (string, error) {
	var names []asn1.RawValue
	if rest, err := asn1.Unmarshal(der, &names); err != nil || len(rest) > 0 {
		return "", errors.New("its subjectAltName is not a sequence of names")
	}
	for _, name := range names {
		if name.Class != asn1.ClassContextSpecific || name.Tag != 0 {
			continue
		}
		var other struct {
			ID    asn1.ObjectIdentifier
			Value string `asn1:"utf8,explicit,tag:0"`
		}
		if rest, err := asn1.UnmarshalWithParams(name.FullBytes, &other, "tag:0"); err != nil || len(rest) > 0 {
			continue // an otherName of another kind, whose value need not be text
		}
		if other.ID.Equal(oidFulcioOtherName) {
			return other.Value, nil
		}
	}
	return "", nil
}
