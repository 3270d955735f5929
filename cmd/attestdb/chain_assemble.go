package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/proofchain"
)

// chainParts are the segments that the command line names.
type chainParts struct {
	collect bool
	given   map[proofchain.Kind]*[]string
}

func (a *app) chainAssemble() *cobra.Command {
	var choice chainChoice
	var policy string
	parts := chainParts{given: map[proofchain.Kind]*[]string{}}
	cmd := a.verb("assemble --subject DIGEST --policy-version VERSION [--collect] [--KIND SHA256|FILE]…", "Assemble a proof chain for an artifact", 0, 0,
		func(ctx context.Context, _ []string) error {
			if choice.given(nil) != 1 {
				return usagef("give --subject DIGEST or --file ARTIFACT")
			}
			subject, err := choice.artifact(ctx)
			if err != nil {
				return err
			}
			if err := proofchain.CheckPolicyVersion(policy); err != nil {
				return usagef("--policy-version: %w", err)
			}
			req := attestor.ChainRequest{Subject: subject, PolicyVersion: policy}
			if req.Segments, err = parts.segments(ctx); err != nil {
				return err
			}
			if len(req.Segments) == 0 && !parts.collect {
				return usagef("give --collect, or the segments")
			}
			db, tenant, err := a.openTenant(ctx)
			if err != nil {
				return err
			}
			defer closeDB(ctx, db) //nolint:errcheck // the command's own error counts
			return a.assemble(ctx, tenant.As(a.actorName()), req, parts.collect)
		})
	cmd.Example = "attestdb attestor chain assemble --tenant acme --file dist/app.tar.gz --policy-version 2026-11 --collect --vex vex.json"
	cmd.Flags().StringVar(&choice.subject, "subject", "", "digest of the artifact")
	cmd.Flags().StringVar(&choice.file, "file", "", "the artifact, instead of its digest")
	cmd.Flags().StringVar(&policy, "policy-version", "", "version of the policy that the chain is assembled under")
	cmd.Flags().BoolVar(&parts.collect, "collect", false, "take every envelope about the artifact but those that failed verification or were erased; name SBOMs that came alone with --sbom")
	for _, kind := range proofchain.Kinds {
		what := "sha256 of a stored envelope about the artifact, or a JSON document to keep with the chain"
		switch kind {
		case proofchain.SBOM:
			what = "a stored envelope about the artifact, or an SBOM of it that came alone, by its sha256 or its file"
		case proofchain.Evidence:
			what = "a stored envelope about the artifact, by its sha256 or its file"
		}
		parts.given[kind] = cmd.Flags().StringArray(string(kind), nil, what+"; may be given several times")
	}
	return cmd
}

// segments reads what the flags name.
func (p *chainParts) segments(ctx context.Context) ([]attestor.ChainSegment, error) {
	var list []attestor.ChainSegment
	for _, kind := range proofchain.Kinds {
		for _, value := range *p.given[kind] {
			s := attestor.ChainSegment{Kind: kind}
			if sum, err := digest.ParseSHA256(value); err == nil {
				s.Digest = sum
				list = append(list, s)
				continue
			}
			content, err := readAtMost(ctx, value, attestor.MaxContentSize)
			if err != nil {
				return nil, usagef("--%s: neither a sha256 nor a file: %w", kind, err)
			}
			if kind == proofchain.SBOM || kind == proofchain.Evidence {
				s.Digest = digest.Sum(content)
			} else {
				s.Content = content
			}
			list = append(list, s)
		}
	}
	return list, nil
}

func (a *app) assemble(ctx context.Context, tenant *attestdb.TenantDB, req attestor.ChainRequest, collect bool) error {
	if collect {
		if err := a.collect(ctx, tenant, &req); err != nil {
			return err
		}
	}
	c, err := tenant.AssembleChain(ctx, req)
	var at *attestor.SegmentError
	switch {
	case errors.As(err, &at) && at.Problem == proofchain.Missing && at.Kind == proofchain.SBOM:
		return no(err, fmt.Sprintf("`%s ingest` and `%s attestor sbom import` store it; an SBOM that came in an envelope goes by the envelope's sha256", programName, programName))
	case errors.As(err, &at) && at.Problem == proofchain.Missing:
		return no(err, fmt.Sprintf("`%s ingest` stores evidence; a chain holds nothing that is not stored", programName))
	case errors.As(err, &at) && at.Problem == proofchain.Erased:
		return no(err, whoErased(at.Digest))
	case errors.As(err, &at) && at.Problem == proofchain.WrongKind:
		return no(err, fmt.Sprintf("`%s show %s` shows its predicate type; whatever is stated may be --evidence", programName, at.Digest))
	case errors.As(err, &at):
		return no(err, fmt.Sprintf("`%s show %s` lists what it is about", programName, at.Digest))
	case errors.Is(err, attestdb.ErrInvalid):
		return no(err, "correct what the message names; nothing was stored")
	case err != nil:
		return err
	}
	if a.json {
		return a.printJSON(chainJSON{
			TenantID: new(tenant.ID()), ID: &c.ID, CreatedAt: c.CreatedAt, SubjectAlgorithm: req.Subject.Algorithm(), SubjectDigest: req.Subject.Encoded(),
			Revision: c.Revision, PolicyVersion: req.PolicyVersion, RootHash: c.Root, SegmentCount: len(req.Segments),
			Supersedes: c.Supersedes, SupersedesID: optionalID(c.SupersedesID), Existed: &c.Existed,
		})
	}
	a.printf("%s  sha256:%s  revision %s  %s segments  %s\n", c.ID, c.Root, strconv.Itoa(c.Revision), strconv.Itoa(len(req.Segments)), newOrExisted(c.Existed))
	return nil
}

// collect adds every envelope about the subject that is not named already.
func (a *app) collect(ctx context.Context, tenant *attestdb.TenantDB, req *attestor.ChainRequest) error {
	named := map[digest.SHA256]bool{}
	for _, s := range req.Segments {
		named[s.Digest] = true
	}
	bar := a.progress(0)
	defer bar.clear()
	failed, erased := 0, 0
	for m, err := range tenant.Attestor().All(ctx, attestor.Query{Subject: req.Subject}) {
		if err != nil {
			return err
		}
		bar.at(len(req.Segments), m.PredicateType)
		switch {
		case named[m.SHA256]:
		case m.Erased:
			erased++
		case m.Verification.Outcome == attestor.Failed:
			failed++
		default:
			req.Segments = append(req.Segments, attestor.ChainSegment{Kind: attestor.SegmentKind(m.PredicateType), Digest: m.SHA256})
		}
	}
	bar.clear()
	if failed > 0 {
		a.note("%d left out: verification failed", failed)
	}
	if erased > 0 {
		a.note("%d left out: erased", erased)
	}
	if len(req.Segments) == 0 {
		return no(fmt.Errorf("nothing about %s in tenant %s", req.Subject, a.tenantName()), fmt.Sprintf("`%s ingest` stores evidence", programName))
	}
	return nil
}
