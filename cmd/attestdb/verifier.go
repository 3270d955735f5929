package main

import (
	"context"
	"errors"

	"github.com/spf13/pflag"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/verifier/publickey"
	"stella-ops.org/attestdb/domain/verifier/sigstore"
)

// verifierFlags say how evidence is verified. Where cosign has a flag for the
// same thing, it has the same name.
type verifierFlags struct {
	trustedRoot           string
	identity, pattern     string
	issuer                string
	anyIdentity           bool
	ignoreSCT, ignoreTlog bool
	keys                  []string
	threshold             int
}

func (v *verifierFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&v.trustedRoot, "trusted-root", "", "verify Sigstore bundles against this trusted_root.json; with --key, their log entries alone")
	flags.StringVar(&v.identity, "certificate-identity", "", "the signer: the certificate's subject alternative name, exactly")
	flags.StringVar(&v.pattern, "certificate-identity-regexp", "", "the signer: a regular expression (RE2) that matches the whole name")
	flags.StringVar(&v.issuer, "certificate-oidc-issuer", "", "the signer's OpenID Connect issuer, exactly")
	flags.BoolVar(&v.anyIdentity, "any-identity", false, "accept every signer that the trusted root vouches for")
	flags.BoolVar(&v.ignoreSCT, "insecure-ignore-sct", false, "require no signed certificate timestamp (private instances)")
	flags.BoolVar(&v.ignoreTlog, "insecure-ignore-tlog", false, "require no transparency log entry, and look at none")
	flags.StringArrayVar(&v.keys, "key", nil, "verify with the public keys in this PEM file; may be given several times")
	flags.IntVar(&v.threshold, "threshold", 1, "how many of the keys must have signed")
}

// verifier returns the verifier that the flags ask for, nil for none.
func (v *verifierFlags) verifier(ctx context.Context, flags *pflag.FlagSet) (attestor.Verifier, error) {
	if v.trustedRoot == "" || len(v.keys) > 0 {
		for _, name := range []string{
			"certificate-identity", "certificate-identity-regexp", "certificate-oidc-issuer", "any-identity", "insecure-ignore-sct",
		} {
			if flags.Changed(name) {
				return nil, usagef("--%s needs --trusted-root, without --key", name)
			}
		}
	}
	if v.trustedRoot == "" && len(v.keys) == 0 && flags.Changed("insecure-ignore-tlog") {
		return nil, usagef("--insecure-ignore-tlog needs --trusted-root or --key")
	}
	if len(v.keys) == 0 && flags.Changed("threshold") {
		return nil, usagef("--threshold needs --key")
	}
	switch {
	case len(v.keys) > 0:
		return v.publicKeys(ctx)
	case v.trustedRoot != "":
		return v.sigstore(ctx)
	}
	return nil, nil //nolint:nilnil // no verifier is an answer here
}

func (v *verifierFlags) sigstore(ctx context.Context) (attestor.Verifier, error) {
	root, err := readFile(ctx, v.trustedRoot)
	if err != nil {
		return nil, usagef("--trusted-root: %w", err)
	}
	var options []sigstore.Option
	named := v.identity != "" || v.pattern != ""
	switch {
	case v.anyIdentity && (named || v.issuer != ""):
		return nil, usagef("--any-identity and --certificate-…: give one of them")
	case v.anyIdentity:
		options = append(options, sigstore.WithAnyIdentity())
	case !named || v.issuer == "":
		return nil, usagef("--trusted-root needs --certificate-identity (or -regexp) and --certificate-oidc-issuer, or else --any-identity")
	case v.identity != "" && v.pattern != "":
		return nil, usagef("--certificate-identity and --certificate-identity-regexp: give one of them")
	case v.identity != "":
		options = append(options, sigstore.WithIdentity(v.issuer, v.identity))
	default:
		options = append(options, sigstore.WithIdentityPattern(v.issuer, v.pattern))
	}
	if v.ignoreSCT {
		options = append(options, sigstore.WithSCTs(0))
	}
	if v.ignoreTlog {
		options = append(options, sigstore.WithLogEntries(0))
	}
	verifier, err := sigstore.New(root, options...)
	if err != nil {
		return nil, invalidFlag("--trusted-root", err)
	}
	return verifier, nil
}

func (v *verifierFlags) publicKeys(ctx context.Context) (attestor.Verifier, error) {
	var keys []publickey.Key
	for _, path := range v.keys {
		raw, err := readFile(ctx, path)
		if err != nil {
			return nil, usagef("--key: %w", err)
		}
		more, err := publickey.ParsePEM("", raw)
		if err != nil {
			return nil, invalidFlag("--key "+path, err)
		}
		keys = append(keys, more...)
	}
	options := []publickey.Option{publickey.WithThreshold(v.threshold)}
	switch {
	case v.ignoreTlog:
		options = append(options, publickey.WithoutLogEntries())
	case v.trustedRoot != "":
		root, err := readFile(ctx, v.trustedRoot)
		if err != nil {
			return nil, usagef("--trusted-root: %w", err)
		}
		logs, err := sigstore.NewLogVerifier(root)
		if err != nil {
			return nil, invalidFlag("--trusted-root", err)
		}
		options = append(options, publickey.WithLogVerifier(logs))
	}
	verifier, err := publickey.New(keys, options...)
	if err != nil {
		return nil, invalidFlag("--key", err)
	}
	return verifier, nil
}

// invalidFlag makes a mistake in the command line of an input that is invalid.
func invalidFlag(name string, err error) error {
	if errors.Is(err, attestdb.ErrInvalid) {
		return usagef("%s: %w", name, err)
	}
	return err
}
