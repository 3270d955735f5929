package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/proofchain"
)

func (a *app) chainCommand() *cobra.Command {
	return a.group("chain", "Assemble, show, verify and export proof chains",
		a.chainAssemble(), a.chainShow(), a.chainVerify(), a.chainExport())
}

// The names of these fields are those of the columns.
type chainJSON struct {
	TenantID         *attestdb.TenantID `json:"tenant_id,omitempty"`
	ID               *uuid.UUID         `json:"id,omitempty"`
	CreatedAt        time.Time          `json:"created_at"`
	SubjectAlgorithm string             `json:"subject_algorithm"`
	SubjectDigest    string             `json:"subject_digest"`
	Revision         int                `json:"revision,omitempty"`
	PolicyVersion    string             `json:"policy_version"`
	RootHash         digest.SHA256      `json:"root_hash"`
	SegmentCount     int                `json:"segment_count"`
	Supersedes       *digest.SHA256     `json:"supersedes"`
	SupersedesID     *uuid.UUID         `json:"supersedes_id,omitempty"`
	SupersededBy     *uuid.UUID         `json:"superseded_by,omitempty"`
	AssembledBy      *string            `json:"assembled_by,omitempty"`
	Existed          *bool              `json:"existed,omitempty"`
	Segments         []segmentJSON      `json:"segments,omitempty"`
	// Verified, Findings and About are set by verify.
	Verified *bool         `json:"verified,omitempty"`
	Findings []findingJSON `json:"findings,omitempty"`
	About    *int          `json:"about,omitempty"`
}

type segmentJSON struct {
	Position   int             `json:"position"`
	Kind       proofchain.Kind `json:"kind"`
	Digest     digest.SHA256   `json:"digest"`
	EnvelopeID *uuid.UUID      `json:"envelope_id"`
	Size       int64           `json:"size"`
}

type findingJSON struct {
	Position *int               `json:"position"`
	Kind     *string            `json:"kind"`
	Digest   *digest.SHA256     `json:"digest"`
	Problem  proofchain.Problem `json:"problem"`
	Detail   *string            `json:"detail"`
}

func newChainJSON(tenant attestdb.TenantID, c attestor.ProofChain) chainJSON {
	return chainJSON{
		TenantID: &tenant, ID: &c.ID, CreatedAt: c.CreatedAt, SubjectAlgorithm: c.Subject.Algorithm(), SubjectDigest: c.Subject.Encoded(),
		Revision: c.Revision, PolicyVersion: c.PolicyVersion, RootHash: c.Root, SegmentCount: c.SegmentCount, Supersedes: c.Supersedes,
		SupersedesID: optionalID(c.SupersedesID), SupersededBy: optionalID(c.SupersededBy), AssembledBy: optionalText(c.AssembledBy),
	}
}

func newFindingsJSON(findings []proofchain.Finding) []findingJSON {
	list := make([]findingJSON, len(findings))
	for i, f := range findings {
		list[i] = findingJSON{Kind: optionalText(f.Kind), Problem: f.Problem, Detail: optionalText(f.Detail)}
		if f.Position != proofchain.WholeChain {
			list[i].Position = &findings[i].Position
		}
		if f.Kind != "" {
			list[i].Digest = &findings[i].Digest
		}
	}
	return list
}

// optionalID is null in JSON for none, as in SQL.
func optionalID(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

// chainChoice says which chain a command is about: one by its key, or a subject's
// current one.
type chainChoice struct {
	subject, file string
}

func (c *chainChoice) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&c.subject, "subject", "", "the current chain of the artifact with this digest")
	cmd.Flags().StringVar(&c.file, "file", "", "the current chain of this file, by its sha256")
}

// given counts how often a chain is named.
func (c *chainChoice) given(args []string) int {
	n := len(args)
	for _, flag := range []string{c.subject, c.file} {
		if flag != "" {
			n++
		}
	}
	return n
}

// artifact returns the subject that the flags name.
func (c *chainChoice) artifact(ctx context.Context) (digest.Digest, error) {
	if c.subject == "" {
		return findSubject(ctx, nil, c.file)
	}
	return findSubject(ctx, []string{c.subject}, c.file)
}

// find returns the function that reads the chosen chain, so that a wrong command
// line needs no database to be refused.
func (c *chainChoice) find(ctx context.Context, args []string) (name string, read func(context.Context, *attestor.Store) (attestor.ChainDetail, error), err error) {
	if c.given(args) != 1 {
		return "", nil, usagef("give an ID, a ROOT, --subject DIGEST or --file ARTIFACT: one of them")
	}
	if len(args) == 0 {
		subject, err := c.artifact(ctx)
		return subject.String(), func(ctx context.Context, s *attestor.Store) (attestor.ChainDetail, error) {
			return s.CurrentChain(ctx, subject)
		}, err
	}
	id, root, err := parseChainKey(args[0])
	return args[0], func(ctx context.Context, s *attestor.Store) (attestor.ChainDetail, error) {
		if root != nil {
			return s.ChainByRoot(ctx, *root)
		}
		return s.Chain(ctx, id)
	}, err
}

func parseChainKey(s string) (uuid.UUID, *digest.SHA256, error) {
	id, root, err := parseKey(s)
	if err != nil {
		return id, nil, usagef("%q: allowed is a chain's id (a UUID of 36 characters), or its root (64 hexadecimal digits)", s)
	}
	return id, root, nil
}

// withChain runs f with the chosen chain.
func (a *app) withChain(ctx context.Context, c *chainChoice, args []string, f func(*attestdb.TenantDB, attestor.ChainDetail) error) error {
	name, read, err := c.find(ctx, args)
	if err != nil {
		return err
	}
	db, tenant, err := a.openTenant(ctx)
	if err != nil {
		return err
	}
	defer closeDB(ctx, db) //nolint:errcheck // the command's own error counts
	d, err := read(ctx, tenant.Attestor())
	if errors.Is(err, attestdb.ErrNotFound) {
		return no(fmt.Errorf("%s: no proof chain in tenant %s", name, a.tenantName()),
			fmt.Sprintf("`%s attestor chain show --subject DIGEST` shows the current chain of an artifact, `assemble` makes one", programName))
	}
	if err != nil {
		return err
	}
	return f(tenant, d)
}
