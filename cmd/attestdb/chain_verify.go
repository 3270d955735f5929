package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/proofchain"
)

func (a *app) chainVerify() *cobra.Command {
	var choice chainChoice
	cmd := a.verb("verify ID|ROOT|EXPORT | --subject DIGEST | --file ARTIFACT", "Recompute a proof chain, or an exported one without a database", 0, 1,
		func(ctx context.Context, args []string) error {
			if len(args) == 1 && choice.given(args) == 1 {
				if _, _, err := parseKey(args[0]); err != nil {
					return a.verifyExport(ctx, args[0])
				}
			}
			return a.withChain(ctx, &choice, args, func(tenant *attestdb.TenantDB, d attestor.ChainDetail) error {
				bar := a.progress(len(d.Segments))
				defer bar.clear()
				v, err := tenant.VerifyChain(ctx, d.ID, func(done, _ int) { bar.at(done, "") })
				bar.clear()
				if err != nil {
					return err
				}
				return a.verified(newChainJSON(tenant.ID(), v.ProofChain), v.About, v.Findings)
			})
		})
	cmd.Example = "attestdb attestor chain verify --tenant acme --file dist/app.tar.gz\n" +
		"attestdb attestor chain verify chain.json"
	choice.register(cmd)
	return cmd
}

// verifyExport checks a file that export wrote, without a database.
func (a *app) verifyExport(ctx context.Context, name string) error {
	raw, err := readAtMost(ctx, name, proofchain.MaxFileSize)
	if err != nil {
		return usagef("neither an id, a root, nor a file: %w", err)
	}
	v, err := attestor.VerifyChainFile(raw)
	if errors.Is(err, attestdb.ErrInvalid) {
		return no(fmt.Errorf("%s: refused: %w", name, err), fmt.Sprintf("`%s attestor chain export` writes such files", programName))
	}
	if err != nil {
		return err
	}
	f := v.File
	return a.verified(chainJSON{
		CreatedAt: f.CreatedAt, SubjectAlgorithm: f.Subject.Algorithm(), SubjectDigest: f.Subject.Encoded(),
		PolicyVersion: f.PolicyVersion, RootHash: f.Root, SegmentCount: len(f.Segments), Supersedes: f.Supersedes,
	}, v.About, v.Findings)
}

// verified prints the outcome, and how many of the segments say that they are about the
// artifact; findings are a no.
func (a *app) verified(c chainJSON, about int, findings []proofchain.Finding) error {
	ok := len(findings) == 0
	if a.json {
		c.Verified, c.About, c.Findings = &ok, &about, newFindingsJSON(findings)
		if err := a.printJSON(c); err != nil {
			return err
		}
	} else {
		for _, f := range findings {
			a.printf("%s\n", f)
		}
		if ok {
			segments := strconv.Itoa(c.SegmentCount) + " segments"
			if about < c.SegmentCount {
				segments += ", " + strconv.Itoa(about) + " of them"
			}
			a.printf("verified: %s about %s:%s under policy %s, root sha256:%s\n", segments, c.SubjectAlgorithm, c.SubjectDigest, c.PolicyVersion, c.RootHash)
		}
	}
	erased, foreign := 0, 0
	for _, f := range findings {
		switch f.Problem {
		case proofchain.Erased:
			erased++
		case proofchain.NotAbout, proofchain.WrongKind:
			foreign++
		}
	}
	switch {
	case ok:
		return nil
	case foreign > 0 && erased+foreign == len(findings):
		return no(fmt.Errorf("the root is the chain's, and %d of its segments do not belong in it", foreign),
			fmt.Sprintf("`%s show SHA256` lists what a segment is about; assemble a chain without those that the findings name", programName))
	case erased == len(findings):
		return no(fmt.Errorf("the root is the chain's, and %d of its segments cannot be looked at: their bytes were erased", erased),
			fmt.Sprintf("`%s verdict show SEQ` shows who erased them, and why; a new chain leaves them out", programName))
	default:
		return no(fmt.Errorf("the chain is not what its root says: %d findings", len(findings)),
			"compare with an export of the chain that was made before; what the findings name was changed or lost since")
	}
}

func (a *app) chainExport() *cobra.Command {
	var choice chainChoice
	cmd := a.verb("export ID|ROOT | --subject DIGEST | --file ARTIFACT", "Write a proof chain with all its contents as one JSON file", 0, 1,
		func(ctx context.Context, args []string) error {
			return a.withChain(ctx, &choice, args, func(tenant *attestdb.TenantDB, d attestor.ChainDetail) error {
				err := tenant.Attestor().ExportChain(ctx, d.ID, a.stdout)
				if errors.Is(err, attestdb.ErrInvalid) {
					return no(err, "export the contents one by one: `attestdb show --content`")
				}
				return err
			})
		})
	cmd.Example = "attestdb attestor chain export --tenant acme --file dist/app.tar.gz > chain.json"
	choice.register(cmd)
	return cmd
}
