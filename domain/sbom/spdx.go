package sbom

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/spdx/tools-golang/spdx/v2/common"
	spdx "github.com/spdx/tools-golang/spdx/v2/v2_3"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/internal/strictjson"
)

// spdxDocument is what is read of [spdx.Document], whose own UnmarshalJSON panics
// where an element is null.
type spdxDocument struct {
	SPDXIdentifier    common.ElementID      `json:"SPDXID"`
	DocumentName      string                `json:"name"`
	DocumentNamespace string                `json:"documentNamespace"`
	CreationInfo      *spdx.CreationInfo    `json:"creationInfo"`
	Describes         []common.DocElementID `json:"documentDescribes"`
	Packages          []*spdx.Package       `json:"packages"`
	Files             []*spdx.File          `json:"files"`
	Relationships     []*spdx.Relationship  `json:"relationships"`
}

// spdx reads 2.2 by the model of 2.3, which has all of its fields.
func (r *reader) spdx(raw []byte) error {
	var doc spdxDocument
	if err := json.Unmarshal(raw, &doc); err != nil {
		return unmarshalFault(err)
	}
	d := r.doc
	d.Format, d.SerialNumber, d.Name = SPDX, doc.DocumentNamespace, doc.DocumentName
	err := firstOf(text("documentNamespace", d.SerialNumber, MaxTextLength), text("name", d.Name, MaxTextLength))
	if err != nil {
		return err
	}
	if doc.CreationInfo != nil {
		d.StatedAt = r.statedTime("creationInfo.created", doc.CreationInfo.Created)
	}
	described := describedBy(&doc)
	for i, p := range doc.Packages {
		at := strictjson.ElementPath("packages", i)
		if p == nil {
			return &fault.Invalid{Field: at, Allowed: "a package", Problem: "it is null"}
		}
		all, err := r.spdxPackage(at, p)
		for _, c := range all {
			if err == nil {
				err = r.add(at, c)
			}
		}
		if err != nil {
			return err
		}
		if described[p.PackageSPDXIdentifier] {
			d.Subject = append(d.Subject, all[0])
		}
	}
	for i, f := range doc.Files {
		if f == nil || !described[f.FileSPDXIdentifier] {
			continue
		}
		c := Component{Ref: ref(f.FileSPDXIdentifier), Type: "file", Name: f.FileName}
		at := strictjson.ElementPath("files", i)
		if err := firstOf(text(at+".fileName", c.Name, MaxTextLength), text(at+".SPDXID", c.Ref, MaxTextLength),
			r.checksums(at+".checksums", f.Checksums, &c)); err != nil {
			return err
		}
		c.finish()
		d.Subject = append(d.Subject, c)
	}
	return nil
}

// describedBy are the elements that the document is about.
func describedBy(doc *spdxDocument) map[common.ElementID]bool {
	described := map[common.ElementID]bool{}
	for _, id := range doc.Describes {
		if id.DocumentRefID == "" && id.SpecialID == "" {
			described[id.ElementRefID] = true
		}
	}
	for _, rel := range doc.Relationships {
		if rel == nil {
			continue
		}
		a, b := rel.RefA, rel.RefB
		switch rel.Relationship {
		case common.TypeRelationshipDescribeBy:
			a, b = b, a
		case common.TypeRelationshipDescribe:
		default:
			continue
		}
		if a.DocumentRefID == "" && b.DocumentRefID == "" && b.SpecialID == "" && a.ElementRefID == doc.SPDXIdentifier {
			described[b.ElementRefID] = true
		}
	}
	return described
}

func ref(id common.ElementID) string {
	if id == "" {
		return ""
	}
	return "SPDXRef-" + string(id)
}

// spdxPackage returns the package, once for each of its package URLs if it has several.
func (r *reader) spdxPackage(path string, p *spdx.Package) ([]Component, error) {
	c := Component{
		Ref: ref(p.PackageSPDXIdentifier), Type: strings.ToLower(p.PrimaryPackagePurpose), Name: p.PackageName, Version: p.PackageVersion,
	}
	err := firstOf(
		text(path+".SPDXID", c.Ref, MaxTextLength), text(path+".primaryPackagePurpose", c.Type, MaxTypeLength),
		text(path+".name", c.Name, MaxTextLength), text(path+".versionInfo", c.Version, MaxTextLength),
		r.checksums(path+".checksums", p.PackageChecksums, &c),
		r.licence(path+".licenseDeclared", p.PackageLicenseDeclared, &c),
		r.licence(path+".licenseConcluded", p.PackageLicenseConcluded, &c),
	)
	all := []Component{c}
	own := map[string]bool{}
	for _, x := range p.PackageExternalReferences {
		own[locatorOf(x)] = own[locatorOf(x)] || x != nil && isPURL(x)
	}
	seen, named := map[string]bool{}, false
	for i, x := range p.PackageExternalReferences {
		if x == nil || !mayBePURL(x) || seen[x.Locator] {
			continue
		}
		at := strictjson.ElementPath(path+".externalRefs", i) + ".referenceLocator"
		if len(seen) == MaxPerComponent {
			return all, firstOf(err, &fault.Invalid{Field: at, Allowed: fmt.Sprintf("at most %d package URLs", MaxPerComponent), Problem: "there are more"})
		}
		seen[x.Locator] = true
		if !own[x.Locator] {
			// It may name what the package was made from, or what replaces it.
			r.problem(at, "a package URL of referenceType purl or of referenceCategory PACKAGE-MANAGER",
				fmt.Sprintf("it is of referenceCategory %s and referenceType %s", quoted(x.Category), quoted(x.RefType)))
			continue
		}
		if named {
			// What else it is found by stays with the first, else it would be found twice.
			all = append(all, Component{Ref: c.Ref, Type: c.Type, Name: c.Name, Version: c.Version})
		}
		named = true
		last := len(all) - 1
		err = firstOf(err, r.purl(at, x.Locator, &all[last]))
		if slices.ContainsFunc(all[:last], func(o Component) bool { return o.Package == all[last].Package && !o.Package.IsZero() }) {
			all = all[:last] // one package URL, written in two ways
		}
	}
	for i := range all {
		all[i].finish()
	}
	return all, err
}

// isPURL reports whether x says that its locator is the package's own package URL: by
// the type's name, by the URI that the name stands for, which some writers give in its
// stead, or in another type of a package manager, which names the package too.
func isPURL(x *spdx.PackageExternalReference) bool {
	_, uri, _ := strings.Cut(x.RefType, "://")
	return x.RefType == common.TypePackageManagerPURL || uri == "spdx.org/rdf/references/"+common.TypePackageManagerPURL ||
		x.Category == common.CategoryPackageManager && beginsAsPURL(x.Locator)
}

func locatorOf(x *spdx.PackageExternalReference) string {
	if x == nil {
		return ""
	}
	return x.Locator
}

func mayBePURL(x *spdx.PackageExternalReference) bool { return isPURL(x) || beginsAsPURL(x.Locator) }

func beginsAsPURL(locator string) bool {
	scheme, _, found := strings.Cut(locator, ":")
	return found && strings.EqualFold(scheme, "pkg")
}

func (r *reader) checksums(path string, all []common.Checksum, c *Component) error {
	for i, sum := range all {
		if err := r.digest(strictjson.ElementPath(path, i), string(sum.Algorithm), sum.Value, c); err != nil {
			return err
		}
	}
	return nil
}
