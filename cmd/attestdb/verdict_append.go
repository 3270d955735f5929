package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/domain/verifier/publickey"
)

// decisionFlags are those that say one decision.
type decisionFlags struct {
	artifact                                artifactFlags
	name, result, policy, policyDigest      string
	reason, verifier, timeVerified, payload string
	key                                     string
	inputs                                  []string
}

// decisionFlagNames do not go with --batch.
var decisionFlagNames = []string{
	"subject", "file", "name", "result", "policy", "policy-digest", "reason", "input", "verifier", "time-verified", "payload", "idempotency-key",
}

func (a *app) verdictAppend() *cobra.Command {
	var f decisionFlags
	var batch, signKey string
	var cmd *cobra.Command
	cmd = a.verb("append --subject DIGEST|--file ARTIFACT --result RESULT --policy URI [FLAGS] | --batch FILE|-", "Record decisions in the ledger, and receipts of them with --sign-key", 0, 0,
		func(ctx context.Context, _ []string) error {
			var d verdict.Decision
			if batch != "" {
				if i := slices.IndexFunc(decisionFlagNames, cmd.Flags().Changed); i >= 0 {
					return usagef("--batch and --%s: the lines say the decisions", decisionFlagNames[i])
				}
			} else {
				var err error
				if d, err = f.decision(ctx, time.Now()); err != nil {
					return err
				}
			}
			options, err := receiptOptions(ctx, signKey)
			if err != nil {
				return err
			}
			db, tenant, err := a.openTenant(ctx)
			if err != nil {
				return err
			}
			defer closeDB(ctx, db) //nolint:errcheck // the command's own error counts
			tenant = tenant.As(a.actorName())
			if batch != "" {
				return a.appendBatch(ctx, tenant, batch, options)
			}
			decided, err := tenant.Decide(ctx, d, options...)
			if err != nil {
				return refusedDecision(invalidFlag("verdict append", err))
			}
			return a.printDecided(&decided)
		})
	cmd.Example = "attestdb verdict append --tenant acme --file dist/app.tar.gz --result PASS --policy https://policies.example/release \\\n" +
		"--input envelope:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 --verifier https://ci.example --sign-key receipts.pem\n" +
		"attestdb verdict append --tenant acme --batch decisions.jsonl"
	f.artifact.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.name, "name", "", "the artifact's name or package URL")
	flags.StringVar(&f.result, "result", "", "what was decided: PASS, FAIL or WARN")
	flags.StringVar(&f.policy, "policy", "", "the URI of the policy that it was decided under")
	flags.StringVar(&f.policyDigest, "policy-digest", "", "the sha256 of the policy's text")
	flags.StringVar(&f.reason, "reason", "", "why, for people; it stays for ever")
	flags.StringArrayVar(&f.inputs, "input", nil, "evidence that it was decided on, KIND:SHA256, as envelope:9f86…; may be given several times")
	flags.StringVar(&f.verifier, "verifier", "", "the URI of who decided")
	flags.StringVar(&f.timeVerified, "time-verified", "", "when that was: a time (RFC 3339), date, or duration ago")
	flags.StringVar(&f.payload, "payload", "", "a JSON document to keep with the decision: a file, or - for standard input")
	flags.StringVar(&f.key, "idempotency-key", "", "the request's name: with the same one the same decision is recorded once")
	flags.StringVar(&batch, "batch", "", "record many: a file, or - for standard input, with one decision in JSON a line")
	flags.StringVar(&signKey, "sign-key", "", "record a receipt too, signed with this private key (PKCS #8, PEM)")
	return cmd
}

// decision is what the flags say.
func (f *decisionFlags) decision(ctx context.Context, now time.Time) (d verdict.Decision, err error) {
	d = verdict.Decision{
		Result: verdict.Result(f.result), Policy: verdict.Policy{URI: f.policy}, Reason: f.reason, Verifier: f.verifier, IdempotencyKey: f.key,
	}
	if d.Subject.Digest, err = f.artifact.digest(ctx); err != nil {
		return d, err
	}
	d.Subject.Name = f.name
	if f.policyDigest != "" {
		if d.Policy.Digest, err = parseSomeSHA256("policy_digest", f.policyDigest); err != nil {
			return d, usagef("--policy-digest: %w", err)
		}
	}
	for _, s := range f.inputs {
		in, err := parseInput("--input", s)
		if err != nil {
			return d, err
		}
		if in.Kind == "" {
			return d, usagef("--input %q: say what it is, as in envelope:%s", s, in.Digest)
		}
		d.Inputs = append(d.Inputs, in)
	}
	if d.TimeVerified, err = parseTime("--time-verified", f.timeVerified, now); err != nil {
		return d, err
	}
	if f.payload != "" {
		// White space may make it longer than what is kept.
		if d.Payload, err = readAtMost(ctx, f.payload, 8*ledger.MaxPayloadLength); err != nil {
			return d, usagef("--payload: %w", err)
		}
	}
	return d, nil
}

// receiptOptions has receipts made with the private key of a file, none for "".
func receiptOptions(ctx context.Context, path string) ([]attestdb.DecideOption, error) {
	if path == "" {
		return nil, nil
	}
	signer, err := readPrivateKey(ctx, path)
	if err != nil {
		return nil, usagef("--sign-key %s: %w", path, err)
	}
	verifier, err := publickey.New([]publickey.Key{{Public: signer.Public()}})
	if err != nil {
		return nil, invalidFlag("--sign-key "+path, err)
	}
	return []attestdb.DecideOption{attestdb.SignReceipt(signer, attestdb.Verify(verifier))}, nil
}

// readPrivateKey quotes nothing of the file in its errors.
func readPrivateKey(ctx context.Context, path string) (crypto.Signer, error) {
	raw, err := readFile(ctx, path)
	if err != nil {
		return nil, err
	}
	block, rest := pem.Decode(raw)
	switch {
	case block != nil && block.Type == "ENCRYPTED PRIVATE KEY":
		return nil, errors.New("the key is encrypted; allowed is one that is not, as `openssl pkcs8 -topk8 -nocrypt` writes it")
	case block == nil || block.Type != "PRIVATE KEY":
		return nil, errors.New("allowed is a private key in PKCS #8 and PEM (-----BEGIN PRIVATE KEY-----)")
	case len(bytes.TrimSpace(rest)) > 0:
		return nil, errors.New("allowed is one key: there is more behind it")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("the block holds no private key in PKCS #8")
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("allowed is a key that signs, this is a %T", key)
	}
	return signer, nil
}

// refusedDecision makes the answer "no" of what the ledger refuses.
func refusedDecision(err error) error {
	for _, refusal := range []error{attestdb.ErrTenantSuspended, attestdb.ErrRequirement, attestdb.ErrIdempotencyConflict} {
		if errors.Is(err, refusal) {
			return no(err, "")
		}
	}
	return err
}

func (a *app) printDecided(d *attestdb.Decided) error {
	if a.json {
		object := newLedgerEntryJSON(d.Entry)
		object.Existed = &d.Existed
		if d.Receipt != nil {
			object.ReceiptID = &d.Receipt.ID
		}
		return a.printJSON(object)
	}
	receipt := ""
	if d.Receipt != nil {
		receipt = "  receipt sha256:" + d.Receipt.SHA256.String()
	}
	a.printf("%s\n", oneLine(fmt.Sprintf("%s  %s  %s  %s  %s%s",
		strconv.FormatInt(d.Seq, 10), d.Result, d.Subject.Digest, d.Policy.URI, newOrExisted(d.Existed), receipt)))
	return nil
}
