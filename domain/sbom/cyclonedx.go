package sbom

import (
	"encoding/json"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/internal/strictjson"
)

func (r *reader) cycloneDX(raw []byte) error {
	var bom cdx.BOM
	if err := json.Unmarshal(raw, &bom); err != nil {
		return unmarshalFault(err)
	}
	d := r.doc
	d.Format, d.SerialNumber = CycloneDX, bom.SerialNumber
	if err := text("serialNumber", bom.SerialNumber, MaxTextLength); err != nil {
		return err
	}
	if m := bom.Metadata; m != nil {
		d.StatedAt = r.statedTime("metadata.timestamp", m.Timestamp)
		if m.Component != nil {
			c, err := r.component("metadata.component", m.Component)
			if err != nil {
				return err
			}
			d.Subject, d.Name = []Component{c}, c.Name
			// Who looks for a package looks for the artifact that is it, too.
			if !c.Package.IsZero() {
				d.Components = []Component{c}
			}
			if err := r.components("metadata.component.components", m.Component.Components); err != nil {
				return err
			}
		}
	}
	return r.components("components", bom.Components)
}

func (r *reader) components(path string, all *[]cdx.Component) error {
	if all == nil {
		return nil
	}
	for i := range *all {
		at := strictjson.ElementPath(path, i)
		c, err := r.component(at, &(*all)[i])
		if err == nil && c.Type == "" && c.Name == "" {
			err = &fault.Invalid{Field: at, Allowed: "a component", Problem: "it has neither type nor name"}
		}
		if err == nil {
			err = r.add(at, c)
		}
		if err == nil {
			err = r.components(at+".components", (*all)[i].Components)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) component(path string, in *cdx.Component) (Component, error) {
	c := Component{Ref: in.BOMRef, Type: string(in.Type), Name: in.Name, Version: in.Version}
	err := firstOf(
		text(path+".bom-ref", c.Ref, MaxTextLength), text(path+".type", c.Type, MaxTypeLength),
		text(path+".name", c.Name, MaxTextLength), text(path+".version", c.Version, MaxTextLength),
		r.purl(path+".purl", in.PackageURL, &c),
	)
	if in.Hashes != nil {
		for i, h := range *in.Hashes {
			err = firstOf(err, r.digest(strictjson.ElementPath(path+".hashes", i), string(h.Algorithm), h.Value, &c))
		}
	}
	if in.Licenses != nil {
		for i, l := range *in.Licenses {
			at := strictjson.ElementPath(path+".licenses", i)
			err = firstOf(err, r.licence(at+".expression", l.Expression, &c))
			if l.License != nil {
				err = firstOf(err, r.licence(at+".license.id", l.License.ID, &c), r.licence(at+".license.name", l.License.Name, &c))
			}
		}
	}
	c.finish()
	return c, err
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// statedTime reads a time of ISO 8601 as both formats have it. One that is none, or of a
// year that PostgreSQL and Go's JSON cannot both hold, is a problem and left out.
func (r *reader) statedTime(path, stated string) time.Time {
	if stated == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, stated)
	if err != nil || t.UTC().Year() < 1 || t.UTC().Year() > 9999 {
		r.problem(path, "a time of RFC 3339, such as 2026-01-31T12:00:00Z", "it is "+quoted(stated))
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}
