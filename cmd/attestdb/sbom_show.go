package main

import (
	"context"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/page"
)

func (a *app) sbomShowCommand() *cobra.Command {
	content := &showForm{flag: "content", usage: "write the exact bytes of the document"}
	return a.showVerb("Show one SBOM with its components", "attestor sbom find` shows the ids of the SBOMs that have a component",
		func(ctx context.Context, tenant *attestdb.TenantDB, id uuid.UUID, sum *digest.SHA256) error {
			return a.showSBOM(ctx, tenant, id, sum, content.chosen)
		}, content)
}

func (a *app) showSBOM(ctx context.Context, tenant *attestdb.TenantDB, id uuid.UUID, sum *digest.SHA256, content bool) (err error) {
	store := tenant.Attestor()
	if sum != nil {
		if id, err = store.SBOMIDBySHA256(ctx, *sum); err != nil {
			return err
		}
	}
	if content {
		raw, err := store.SBOMContent(ctx, id)
		if err != nil {
			return err
		}
		_, err = a.stdout.Write(raw)
		return err
	}
	b, err := store.SBOM(ctx, id)
	if err != nil {
		return err
	}
	object, t := newSBOMJSON(tenant.ID(), b), newTable(a.stdout)
	if !a.json {
		if err := a.printSBOM(tenant.ID(), b); err != nil {
			return err
		}
		if b.Components > 0 {
			a.printf("\n")
			t.row("COMPONENT", "TYPE", "LICENCES")
		}
	}
	for p := (page.Request{Limit: page.MaxLimit}); ; {
		components, next, err := store.Components(ctx, id, p)
		if err != nil {
			return err
		}
		for _, c := range components {
			if a.json {
				object.Components = append(object.Components, newComponentJSON(c))
			} else {
				t.row(componentName(c), c.Type, strings.Join(c.Licences, ", "))
			}
		}
		if p.Cursor = next; next == "" {
			break
		}
	}
	if a.json {
		return a.printJSON(object)
	}
	return t.flush()
}

func (a *app) printSBOM(tenant attestdb.TenantID, b attestor.SBOM) error {
	t := newTable(a.stdout)
	t.row("id", b.ID.String())
	t.row("tenant", tenant.String())
	t.row("sha256", b.SHA256.String())
	t.row("size", strconv.FormatInt(b.Size, 10)+" bytes")
	t.row("created", timestamp(b.CreatedAt))
	t.row("recorded by", string(b.RecordedBy))
	t.row("format", string(b.Format)+" "+b.SpecVersion)
	t.row("serial number", b.SerialNumber)
	t.row("name", b.Name)
	t.row("stated at", timestamp(b.StatedAt))
	t.row("components", strconv.Itoa(b.Components))
	return t.flush()
}
