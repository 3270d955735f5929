package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/sbom"
)

type containmentJSON struct {
	TenantID     attestdb.TenantID `json:"tenant_id"`
	ArtifactName string            `json:"artifact_name"`
	Artifact     *string           `json:"artifact"`
	SBOMID       uuid.UUID         `json:"sbom_id"`
	EnvelopeID   *uuid.UUID        `json:"envelope_id"`
	Outcome      attestor.Outcome  `json:"outcome"`
	CreatedAt    time.Time         `json:"created_at"`
	Component    componentJSON     `json:"component"`
}

func (a *app) sbomFindCommand() *cobra.Command {
	var versions, licence, sum, cursor string
	var limit int
	cmd := a.verb("find PURL [--range VERS] | --licence LICENCE | --digest DIGEST", "Find the artifacts that contain a component, newest SBOM first", 0, 1,
		func(ctx context.Context, args []string) error {
			q, err := componentQuery(args, versions, licence, sum)
			if err != nil {
				return err
			}
			if limit < 0 {
				return usagef("--limit: allowed is 1 or more, or 0 for all")
			}
			db, tenant, err := a.openTenant(ctx)
			if err != nil {
				return err
			}
			defer closeDB(ctx, db) //nolint:errcheck // the command's own error counts
			f := componentFinder{app: a, tenant: tenant, limit: limit, cursor: cursor}
			return f.run(ctx, q)
		})
	cmd.Example = "attestdb attestor sbom find --tenant acme pkg:npm/lodash --range 'vers:npm/<4.17.21'\n" +
		"attestdb attestor sbom find --tenant acme --licence AGPL-3.0-only"
	cmd.Flags().StringVar(&versions, "range", "", "only versions in this range, as in 'vers:npm/>=1.2.0|<2.0.0'")
	cmd.Flags().StringVar(&licence, "licence", "", "look for components with this licence instead: an SPDX identifier or expression, exactly")
	cmd.Flags().StringVar(&sum, "digest", "", "look for the component with this digest instead, as sha256:9f86…")
	cmd.Flags().IntVar(&limit, "limit", 0, "the most rows; 0 is all")
	cmd.Flags().StringVar(&cursor, "cursor", "", "go on behind an earlier --limit")
	return cmd
}

func componentQuery(args []string, versions, licence, sum string) (q attestor.ComponentQuery, err error) {
	given := 0
	for _, is := range []bool{len(args) > 0, licence != "", sum != ""} {
		if is {
			given++
		}
	}
	if given != 1 {
		return q, usagef("give one of PURL, --licence and --digest")
	}
	if versions != "" {
		if len(args) == 0 {
			return q, usagef("--range: allowed is together with a PURL")
		}
		if q.Range, err = sbom.ParseRange(versions); err != nil {
			return q, usagef("--%w", err)
		}
	}
	if sum != "" {
		if q.Digest, err = digest.Parse(sum); err != nil {
			return q, usagef("--%w", err)
		}
	}
	if len(args) > 0 {
		if _, err := sbom.ParsePackage(args[0]); err != nil {
			return q, usage(nil, err)
		}
		q.PURL = args[0]
	}
	q.Licence = licence
	return q, nil
}

type componentFinder struct {
	*app
	tenant *attestdb.TenantDB
	limit  int
	cursor string

	table *table
	found int
}

// run prints what contains the component: all of it, or as many as the limit allows.
func (f *componentFinder) run(ctx context.Context, q attestor.ComponentQuery) error {
	f.table = newTable(f.stdout)
	var skipped []string
	next := f.cursor
	for {
		rows := page.MaxLimit
		if f.limit > 0 {
			rows = min(rows, f.limit-f.found)
		}
		found, err := f.tenant.Attestor().Containing(ctx, q, page.Request{Limit: rows, Cursor: next})
		if err != nil {
			return invalidFlag("find", err)
		}
		for _, c := range found.Containments {
			if err := f.print(c); err != nil {
				return err
			}
		}
		skipped, next = found.Skipped, found.Next
		if next == "" || f.limit > 0 && f.found >= f.limit {
			break
		}
	}
	if err := f.table.flush(); err != nil {
		return err
	}
	if len(skipped) > 0 {
		f.note("left out, as nobody can say whether they are in the range: version %s", strings.Join(quoteAll(skipped), ", "))
	}
	switch {
	case f.found == 0 && len(skipped) > 0:
		return &failure{
			code: exitUnknown, err: errors.New("nothing that is known to be in the range, and versions of which nobody can say"),
			hint: "look for the versions above one by one, as PURL@VERSION",
		}
	case f.found == 0:
		return no(fmt.Errorf("nothing in tenant %s contains it", f.tenantName()),
			fmt.Sprintf("`%s attestor sbom import` stores SBOMs; package URLs and licences are compared as they are written", programName))
	case next != "":
		return f.nextPage(next)
	}
	return nil
}

func quoteAll(words []string) []string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = fmt.Sprintf("%q", w)
	}
	return all
}

func (f *componentFinder) print(c attestor.Containment) error {
	f.found++
	var envelope *uuid.UUID
	if c.EnvelopeID != uuid.Nil {
		envelope = &c.EnvelopeID
	}
	if f.json {
		return f.printJSON(containmentJSON{
			TenantID: f.tenant.ID(), ArtifactName: c.Artifact.Name, Artifact: optionalText(c.Artifact.Digest.String()),
			SBOMID: c.Component.SBOMID, EnvelopeID: envelope, Outcome: c.Outcome, CreatedAt: c.Component.CreatedAt, Component: newComponentJSON(c.Component),
		})
	}
	if f.found == 1 {
		f.table.row("SBOM", "CREATED", "OUTCOME", "COMPONENT", "ARTIFACT", "DIGEST", "ENVELOPE")
	}
	id := ""
	if envelope != nil {
		id = envelope.String()
	}
	f.table.row(c.Component.SBOMID.String(), timestamp(c.Component.CreatedAt), string(c.Outcome), componentName(c.Component), c.Artifact.Name, c.Artifact.Digest.String(), id)
	return nil
}
