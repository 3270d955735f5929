package attestor

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
)

// Query says which evidence [Store.Find] finds: that for which everything given
// holds. The zero Query finds all evidence.
//
// One of the conditions is looked up by its index: the first given of Subject,
// Signer, PredicateType and the time. What that finds is then looked through for
// the others.
type Query struct {
	// Subject is the digest of an artifact that the Statement is about, by which
	// alone in-toto matches subjects. The zero Digest asks for none.
	Subject digest.Digest
	// Signer is what one of the signatures claims to be of.
	Signer SignerQuery
	// PredicateType is the Statement's, exactly.
	PredicateType string
	// Since leaves out what was recorded earlier, Until what was recorded then or
	// later; zero leaves out nothing.
	Since, Until time.Time
}

// SignerQuery says what a signature claims to be of: everything given must be so of
// one and the same signature. That it verified is not asked.
type SignerQuery struct {
	// KeyID is the key's id, exactly.
	KeyID string
	// CertificateSHA256 is the digest of the certificate in DER; zero asks for none.
	CertificateSHA256 digest.SHA256
	// Issuer is the OpenID Connect issuer that the certificate names, exactly.
	Issuer string
	// SAN is compared with the certificate's subject alternative name as SANMatch
	// says.
	SAN      string
	SANMatch SANMatch
}

// SANMatch is a way to compare subject alternative names.
type SANMatch string

// The ways to compare names. Case is that of ASCII: names in certificates are.
const (
	// SANExact wants the very name. The empty SANMatch is SANExact.
	SANExact SANMatch = "exact"
	// SANFolded wants the name whatever its case.
	SANFolded SANMatch = "folded"
	// SANPrefix wants names that begin so.
	SANPrefix SANMatch = "prefix"
	// SANDomain wants mail addresses, URIs and DNS names in a domain or in one below
	// it, whatever the case: example.com finds https://ci.example.com/a, and not
	// bad-example.com.
	SANDomain SANMatch = "domain"
)

func (q *SignerQuery) isZero() bool {
	return q.KeyID == "" && q.CertificateSHA256 == (digest.SHA256{}) && q.Issuer == "" && q.SAN == ""
}

// validate returns a *[fault.Invalid] for a condition that nothing can meet, since
// it is a mistake.
func (q *Query) validate() error {
	for field, text := range map[string]string{
		"key id": q.Signer.KeyID, "issuer": q.Signer.Issuer, "SAN": q.Signer.SAN, "predicate type": q.PredicateType,
	} {
		if len(text) > MaxTextLength || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return &fault.Invalid{Field: field, Allowed: fmt.Sprintf("at most %d bytes of UTF-8 without NUL", MaxTextLength)}
		}
	}
	switch q.Signer.SANMatch {
	case "", SANExact, SANFolded, SANPrefix:
	case SANDomain:
		if d := q.Signer.SAN; d != "" && (strings.ContainsAny(d, "/@: ") || strings.Trim(d, ".") == "") {
			return &fault.Invalid{Field: "SAN", Allowed: "a domain such as example.com", Problem: fmt.Sprintf("it is %.100q", d)}
		}
	default:
		return &fault.Invalid{Field: "SANMatch", Allowed: "exact, folded, prefix or domain", Problem: fmt.Sprintf("it is %.100q", string(q.Signer.SANMatch))}
	}
	if q.Signer.SANMatch != "" && q.Signer.SAN == "" {
		return &fault.Invalid{Field: "SAN", Allowed: "a name to compare with, since SANMatch is given"}
	}
	for _, at := range []time.Time{q.Since, q.Until} {
		// Else a cursor could not tell one filter from another.
		if y := at.UTC().Year(); y < 0 || y > 9999 {
			return &fault.Invalid{Field: "since", Allowed: "times of the years 0 to 9999, as those of until"}
		}
	}
	if !q.Until.IsZero() && !q.Since.Before(q.Until) {
		return &fault.Invalid{Field: "until", Allowed: "a time after since"}
	}
	return nil
}

// filter describes the list, so that a cursor continues no other one.
func (q *Query) filter() string {
	b, err := json.Marshal([]any{
		q.Subject.String(), q.Signer.KeyID, q.Signer.CertificateSHA256, q.Signer.Issuer, q.Signer.SAN, q.Signer.SANMatch,
		q.PredicateType, q.Since.UTC(), q.Until.UTC(),
	})
	if err != nil {
		return "attestor.find " + err.Error() // a year of five digits: no cursor was made for it
	}
	return "attestor.find " + string(b)
}

// foldCase folds as lower(… COLLATE "C") does.
func foldCase(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// reverseDomain is the column san_domain of names in the domain, and how it begins
// for names in domains below.
func reverseDomain(domain string) string {
	runes := []rune(foldCase(strings.Trim(domain, ".")))
	for i, j := 0, len(runes)-1; i < j; i, j = i+1, j-1 {
		runes[i], runes[j] = runes[j], runes[i]
	}
	return string(runes) + "."
}

// behind returns the least text that comes after every text with this prefix in
// byte order, "" if there is none.
func behind(prefix string) string {
	runes := []rune(prefix)
	for i := len(runes) - 1; i >= 0; i-- {
		switch runes[i] {
		case utf8.MaxRune:
			continue
		case 0xD7FF:
			runes[i] = 0xE000 // surrogates between are no characters
		default:
			runes[i]++
		}
		return string(runes[:i+1])
	}
	return ""
}
