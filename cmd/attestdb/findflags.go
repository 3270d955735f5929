package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
)

// findFlags say which evidence is looked for.
type findFlags struct {
	file, predicateType, keyID, certificate, issuer string
	names                                           map[attestor.SANMatch]*string
	since, until                                    string
}

// sanFlags are the flags for names. Each is another way to compare them.
var sanFlags = []struct {
	match       attestor.SANMatch
	name, usage string
}{
	{attestor.SANExact, "san", "signed in this name: the certificate's subject alternative name, exactly"},
	{attestor.SANFolded, "san-ignore-case", "signed in this name, whatever its case"},
	{attestor.SANPrefix, "san-prefix", "signed in a name that begins so; the list goes name by name"},
	{attestor.SANDomain, "san-domain", "signed in a name in this domain or below; the list goes name by name"},
}

func (f *findFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.file, "file", "", "look for this file's sha256 instead of a DIGEST")
	flags.StringVar(&f.predicateType, "predicate-type", "", "the statement's predicate type, exactly")
	flags.StringVar(&f.keyID, "key-id", "", "signed with the key of this id, exactly")
	flags.StringVar(&f.certificate, "certificate-sha256", "", "signed with this certificate: 64 hexadecimal digits")
	flags.StringVar(&f.issuer, "issuer", "", "the OpenID Connect issuer in the signer's certificate, exactly")
	f.names = map[attestor.SANMatch]*string{}
	for _, flag := range sanFlags {
		f.names[flag.match] = flags.String(flag.name, "", flag.usage)
	}
	flags.StringVar(&f.since, "since", "", "only what was recorded since this time (RFC 3339), date, or duration ago (36h)")
	flags.StringVar(&f.until, "until", "", "only what was recorded before this time, date, or duration ago")
}

// query returns the question, and what it asks for in words, "" if for everything.
func (f *findFlags) query(ctx context.Context, args []string, now time.Time) (q attestor.Query, what string, err error) {
	var said []string
	say := func(words string) { said = append(said, words) }
	if len(args) == 1 || f.file != "" {
		if q.Subject, err = findSubject(ctx, args, f.file); err != nil {
			return q, "", err
		}
		say("about " + q.Subject.String())
	}
	if f.certificate != "" {
		if q.Signer.CertificateSHA256, err = digest.ParseSHA256(f.certificate); err != nil {
			return q, "", usagef("--certificate-sha256 %q: %w", f.certificate, err)
		}
		say("signed with certificate " + q.Signer.CertificateSHA256.String())
	}
	for _, flag := range sanFlags {
		name := *f.names[flag.match]
		if name == "" {
			continue
		}
		if q.Signer.SAN != "" {
			return q, "", usagef("--san, --san-ignore-case, --san-prefix, --san-domain: give one of them")
		}
		q.Signer.SAN, q.Signer.SANMatch = name, flag.match
		say("with --" + flag.name + " " + name)
	}
	for _, flag := range []struct {
		to          *string
		value, said string
	}{
		{&q.Signer.KeyID, f.keyID, "signed with key "},
		{&q.Signer.Issuer, f.issuer, "signed under issuer "},
		{&q.PredicateType, f.predicateType, "of predicate type "},
	} {
		if *flag.to = flag.value; flag.value != "" {
			say(flag.said + flag.value)
		}
	}
	if q.Since, err = parseTime("--since", f.since, now); err != nil {
		return q, "", err
	}
	if q.Until, err = parseTime("--until", f.until, now); err != nil {
		return q, "", err
	}
	if f.since != "" || f.until != "" {
		say("recorded then")
	}
	return q, strings.Join(said, ", "), nil
}

// findSubject returns the digest of the artifact that is named by a digest or a file.
func findSubject(ctx context.Context, args []string, file string) (digest.Digest, error) {
	if (len(args) == 1) == (file != "") {
		return digest.Digest{}, usagef("give a DIGEST or --file ARTIFACT")
	}
	if file != "" {
		return fileDigest(ctx, file)
	}
	d, err := digest.Parse(args[0])
	if err != nil {
		return d, usage(nil, err)
	}
	return d, nil
}

func fileDigest(ctx context.Context, path string) (digest.Digest, error) {
	f, err := openFile(ctx, path)
	if err != nil {
		return digest.Digest{}, usagef("--file: %w", err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return digest.Digest{}, usagef("--file: %w", err)
	}
	return digest.New("sha256", hex.EncodeToString(h.Sum(nil)))
}

func parseTime(flag, s string, now time.Time) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if d, err := time.ParseDuration(s); err == nil && d >= 0 {
		return now.Add(-d).UTC().Truncate(time.Second), nil
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil && !t.IsZero() {
			return t.UTC(), nil
		}
	}
	return time.Time{}, usagef("%s %q: allowed is a time such as 2026-01-31T12:00:00Z, a date (UTC), or a duration such as 36h", flag, s)
}

// pin is a time that a flag gave. A cursor is for one time: where the flag gave a
// duration, which means another one the next time, the next page names it.
type pin struct {
	flag, given string
	at          time.Time
}

func (p pin) moves() bool {
	_, err := time.ParseDuration(p.given)
	return err == nil
}

// nextPage tells how a list that --limit cut goes on.
func (a *app) nextPage(cursor string, pins ...pin) error {
	object := map[string]string{"next_cursor": cursor}
	line := []string{"next: --cursor", cursor}
	for _, p := range pins {
		if p.moves() {
			at := p.at.Format(time.RFC3339)
			object["next_"+strings.ReplaceAll(strings.TrimPrefix(p.flag, "--"), "-", "_")] = at
			line = append(line, p.flag, at)
		}
	}
	if a.json {
		return a.printJSON(object)
	}
	a.note("%s", strings.Join(line, " "))
	return nil
}
