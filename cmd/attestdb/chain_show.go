package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/proofchain"
)

func (a *app) chainShow() *cobra.Command {
	var choice chainChoice
	var history bool
	var limit int
	var cursor string
	cmd := a.verb("show ID|ROOT | --subject DIGEST | --file ARTIFACT [--history]", "Show a proof chain with its segments, or a subject's chains", 0, 1,
		func(ctx context.Context, args []string) error {
			if limit < 0 {
				return usagef("--limit: allowed is 1 or more, or 0 for all")
			}
			if !history && (limit != 0 || cursor != "") {
				return usagef("--limit and --cursor go with --history")
			}
			if history && len(args) > 0 {
				return usagef("--history goes with --subject DIGEST or --file ARTIFACT")
			}
			return a.withChain(ctx, &choice, args, func(tenant *attestdb.TenantDB, d attestor.ChainDetail) error {
				if history {
					return a.chainHistory(ctx, tenant, d, limit, cursor)
				}
				return a.showChain(tenant.ID(), d)
			})
		})
	choice.register(cmd)
	cmd.Flags().BoolVar(&history, "history", false, "list every chain of the artifact, the current one first")
	cmd.Flags().IntVar(&limit, "limit", 0, "the most rows; 0 is all")
	cmd.Flags().StringVar(&cursor, "cursor", "", "go on behind an earlier --limit")
	return cmd
}

func (a *app) showChain(tenant attestdb.TenantID, d attestor.ChainDetail) error {
	if a.json {
		object := newChainJSON(tenant, d.ProofChain)
		for _, s := range d.Segments {
			object.Segments = append(object.Segments, segmentJSON{s.Position, s.Kind, s.Digest, optionalID(s.EnvelopeID), s.Size})
		}
		return a.printJSON(object)
	}
	t := newTable(a.stdout)
	t.row("id", d.ID.String())
	t.row("tenant", tenant.String())
	t.row("root", "sha256:"+d.Root.String())
	t.row("subject", d.Subject.String())
	t.row("revision", strconv.Itoa(d.Revision))
	t.row("policy version", d.PolicyVersion)
	t.row("created", timestamp(d.CreatedAt))
	t.row("assembled by", string(d.AssembledBy))
	supersedes := ""
	if d.Supersedes != nil {
		supersedes = d.SupersedesID.String() + "  sha256:" + d.Supersedes.String()
	}
	t.row("supersedes", supersedes)
	t.row("superseded by", idText(d.SupersededBy))
	for _, s := range d.Segments {
		stored := "document"
		switch {
		case s.EnvelopeID != uuid.Nil && s.Size == 0:
			stored = "envelope " + s.EnvelopeID.String() + ", erased"
		case s.EnvelopeID != uuid.Nil:
			stored = "envelope " + s.EnvelopeID.String()
		case s.Size == 0:
			stored = "missing"
		}
		t.row(fmt.Sprintf("segment %d", s.Position), proofchain.Segment{Kind: s.Kind, Digest: s.Digest}.String()+"  "+stored)
	}
	return t.flush()
}

func idText(id uuid.UUID) string {
	if id == uuid.Nil {
		return ""
	}
	return id.String()
}

func (a *app) chainHistory(ctx context.Context, tenant *attestdb.TenantDB, d attestor.ChainDetail, limit int, cursor string) error {
	t := newTable(a.stdout)
	for shown := 0; ; {
		rows := page.MaxLimit
		if limit > 0 {
			rows = min(rows, limit-shown)
		}
		chains, next, err := tenant.Attestor().ChainHistory(ctx, d.Subject, page.Request{Limit: rows, Cursor: cursor})
		if err != nil {
			return invalidFlag("chain show", err)
		}
		for _, c := range chains {
			if a.json {
				if err := a.printJSON(newChainJSON(tenant.ID(), c)); err != nil {
					return err
				}
			} else {
				if shown == 0 {
					t.row("REVISION", "ID", "CREATED", "POLICY", "SEGMENTS", "ROOT")
				}
				t.row(strconv.Itoa(c.Revision), c.ID.String(), timestamp(c.CreatedAt), c.PolicyVersion, strconv.Itoa(c.SegmentCount), "sha256:"+c.Root.String())
			}
			shown++
		}
		if cursor = next; next != "" && (limit == 0 || shown < limit) {
			continue
		}
		if err := t.flush(); err != nil {
			return err
		}
		if next != "" {
			return a.nextPage(next)
		}
		return nil
	}
}
