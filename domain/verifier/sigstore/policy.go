package sigstore

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/sigstore/sigstore-go/pkg/verify"

	"stella-ops.org/attestdb/domain/fault"
)

// Option is a requirement of a Verifier.
type Option func(*requirements)

// WithIdentity accepts certificates that were issued to the subject alternative
// name san by the OpenID Connect issuer, both exactly. Several identities may be
// given: one of them must match.
func WithIdentity(issuer, san string) Option {
	return func(r *requirements) { r.identities = append(r.identities, identity{issuer: issuer, san: san}) }
}

// WithIdentityPattern accepts certificates that were issued by the OpenID
// Connect issuer, exactly, to a subject alternative name that matches the
// regular expression (RE2) as a whole: "ci@example\.com" does not match
// "ci@example.com.evil.test".
func WithIdentityPattern(issuer, pattern string) Option {
	return func(r *requirements) {
		r.identities = append(r.identities, identity{issuer: issuer, pattern: pattern})
	}
}

// WithAnyIdentity accepts every certificate that chains to the trusted root. In
// a public Sigstore instance anybody can have one: it says that the evidence was
// not changed since it was logged, not who made it.
func WithAnyIdentity() Option { return func(r *requirements) { r.anyIdentity = true } }

// WithLogEntries requires verified entries in at least n trusted transparency
// logs; the default is 1. Zero requires no entry and looks at none.
func WithLogEntries(n int) Option { return func(r *requirements) { r.logEntries = n } }

// WithObserverTimestamps requires at least n verified times, from transparency
// logs and timestamp authorities together; the default is 1, and so is the
// least, since without a time nobody can tell whether the certificate was valid.
func WithObserverTimestamps(n int) Option { return func(r *requirements) { r.timestamps = n } }

// WithSCTs requires signed certificate timestamps of at least n trusted
// certificate transparency logs in the certificate; the default is 1. Zero, for
// private instances that have no such log, requires none.
func WithSCTs(n int) Option { return func(r *requirements) { r.scts = n } }

type requirements struct {
	identities  []identity
	anyIdentity bool
	logEntries  int
	timestamps  int
	scts        int
}

// identity has either san or pattern.
type identity struct{ issuer, san, pattern string }

func (r *requirements) check() error {
	if r.anyIdentity == (len(r.identities) > 0) {
		return &fault.Invalid{
			Field:   "identity",
			Allowed: "WithIdentity or WithIdentityPattern, or else WithAnyIdentity",
			Problem: map[bool]string{true: "both are given", false: "none is given"}[r.anyIdentity],
		}
	}
	for i, id := range r.identities {
		field := fmt.Sprintf("identity[%d]", i)
		if id.issuer == "" {
			return &fault.Invalid{Field: field, Allowed: "an issuer", Problem: "it is empty"}
		}
		if id.san == "" && id.pattern == "" {
			return &fault.Invalid{Field: field, Allowed: "a subject alternative name", Problem: "it is empty"}
		}
		// Alone, so that "a)|(?:b" cannot step out of the anchors; and anchored,
		// where "\Q" without an end would quote them.
		for _, pattern := range [...]string{id.pattern, anchored(id.pattern)} {
			if _, err := regexp.Compile(pattern); err != nil {
				return &fault.Invalid{Field: field, Allowed: "a regular expression (RE2)", Problem: err.Error()}
			}
		}
	}
	for _, n := range [...]struct {
		field        string
		value, least int
	}{{"log entries", r.logEntries, 0}, {"observer timestamps", r.timestamps, 1}, {"SCTs", r.scts, 0}} {
		if n.value < n.least {
			return &fault.Invalid{Field: n.field, Allowed: fmt.Sprintf("at least %d", n.least), Problem: fmt.Sprintf("it is %d", n.value)}
		}
	}
	return nil
}

func (r *requirements) verifierOptions() []verify.VerifierOption {
	options := []verify.VerifierOption{
		verify.WithoutStatementPredicate(),
		verify.WithObserverTimestamps(r.timestamps),
	}
	if r.logEntries > 0 {
		options = append(options, verify.WithTransparencyLog(r.logEntries))
	}
	if r.scts > 0 {
		options = append(options, verify.WithSignedCertificateTimestamps(r.scts))
	}
	return options
}

func anchored(pattern string) string { return `\A(?:` + pattern + `)\z` }

func (r *requirements) identityOptions() []verify.PolicyOption {
	if r.anyIdentity {
		return []verify.PolicyOption{verify.WithoutIdentitiesUnsafe()}
	}
	options := make([]verify.PolicyOption, len(r.identities))
	for i, id := range r.identities {
		matcher := verify.CertificateIdentity{
			SubjectAlternativeName: verify.SubjectAlternativeNameMatcher{SubjectAlternativeName: id.san},
			Issuer:                 verify.IssuerMatcher{Issuer: id.issuer},
		}
		if id.pattern != "" {
			matcher.SubjectAlternativeName.Regexp = *regexp.MustCompile(anchored(id.pattern))
		}
		options[i] = verify.WithCertificateIdentity(matcher)
	}
	return options
}

// describe returns the policy's text, with the trusted root's name in it.
func (r *requirements) describe(trustedRoot string) string {
	who := make([]string, 0, len(r.identities)+1)
	if r.anyIdentity {
		who = append(who, "any identity")
	}
	for _, id := range r.identities {
		if id.pattern != "" {
			who = append(who, fmt.Sprintf("a name matching %q from issuer %q", id.pattern, id.issuer))
		} else {
			who = append(who, fmt.Sprintf("the name %q from issuer %q", id.san, id.issuer))
		}
	}
	return fmt.Sprintf("certificate for %s; at least %d log entries, %d observer timestamps, %d SCTs; trusted root %s",
		strings.Join(who, " or "), r.logEntries, r.timestamps, r.scts, trustedRoot)
}
