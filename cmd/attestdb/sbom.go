package main

import (
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/sbom"
)

func (a *app) sbomCommand() *cobra.Command {
	return a.group("sbom", "Import SBOMs, and find what contains a component",
		a.sbomImportCommand(), a.sbomFindCommand(), a.sbomShowCommand())
}

// The names of these fields are those of the columns.

type componentJSON struct {
	ID             uuid.UUID `json:"id"`
	SBOMID         uuid.UUID `json:"sbom_id"`
	Position       int       `json:"position"`
	Ref            *string   `json:"ref"`
	Type           *string   `json:"type"`
	Name           string    `json:"name"`
	Version        *string   `json:"version"`
	PURL           *string   `json:"purl"`
	PackageKey     *string   `json:"package_key"`
	PackageVersion *string   `json:"package_version"`
	Digests        []string  `json:"digests"`
	Licences       []string  `json:"licences"`
}

func newComponentJSON(c attestor.Component) componentJSON {
	digests := make([]string, len(c.Digests))
	for i, d := range c.Digests {
		digests[i] = d.String()
	}
	return componentJSON{
		ID: c.ID, SBOMID: c.SBOMID, Position: c.Position, Ref: optionalText(c.Ref), Type: optionalText(c.Type), Name: c.Name,
		Version: optionalText(c.Version), PURL: optionalText(c.PURL), PackageKey: optionalText(c.Package.Key),
		PackageVersion: optionalText(c.Package.Version), Digests: digests, Licences: append([]string{}, c.Licences...),
	}
}

type sbomJSON struct {
	TenantID       attestdb.TenantID `json:"tenant_id"`
	ID             uuid.UUID         `json:"id"`
	CreatedAt      time.Time         `json:"created_at"`
	RecordedBy     *string           `json:"recorded_by"`
	SHA256         digest.SHA256     `json:"sha256"`
	Size           int64             `json:"size"`
	Format         sbom.Format       `json:"format"`
	SpecVersion    string            `json:"spec_version"`
	SerialNumber   *string           `json:"serial_number"`
	Name           *string           `json:"name"`
	StatedAt       *time.Time        `json:"stated_at"`
	ComponentCount int               `json:"component_count"`
	Components     []componentJSON   `json:"components"`
}

func newSBOMJSON(tenant attestdb.TenantID, b attestor.SBOM) sbomJSON {
	return sbomJSON{
		TenantID: tenant, ID: b.ID, CreatedAt: b.CreatedAt, RecordedBy: optionalText(b.RecordedBy), SHA256: b.SHA256, Size: b.Size,
		Format: b.Format, SpecVersion: b.SpecVersion, SerialNumber: optionalText(b.SerialNumber), Name: optionalText(b.Name),
		StatedAt: optionalTime(b.StatedAt), ComponentCount: b.Components, Components: []componentJSON{},
	}
}

// componentName is how a component is shown on a line.
func componentName(c attestor.Component) string {
	switch {
	case c.PURL != "":
		return c.PURL
	case c.Version != "":
		return c.Name + " " + c.Version
	}
	return c.Name
}
