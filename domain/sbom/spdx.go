package sbom

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spdx/tools-golang/spdx/v2/common"

	"stella-ops.org/attestdb/internal/strictjson"
)

// The members that are read; package tools-golang has them all.
//
// https://spdx.github.io/spdx-spec/v2.3/, whose names 2.2 has too
var (
	creationNames     = []string{"created"}
	relationshipNames = []string{"spdxElementId", "relationshipType", "relatedSpdxElement"}
	packageNames      = []string{
		"SPDXID", "primaryPackagePurpose", "name", "versionInfo", "checksums", "licenseDeclared", "licenseConcluded", "externalRefs",
	}
	referenceNames = []string{"referenceCategory", "referenceType", "referenceLocator"}
	fileNames      = []string{"SPDXID", "fileName", "checksums"}
)

// spdxReader has what is known of a document before its packages and files.
type spdxReader struct {
	*reader
	id common.ElementID
	// described are the elements that the document is about, places where the packages
	// of them are among its components, files how many of them are files.
	described map[common.ElementID]bool
	places    []int
	files     int
}

func (r *reader) spdx(parts map[string][]byte) error {
	d := r.doc
	d.Format = SPDX
	s := spdxReader{reader: r, described: map[common.ElementID]bool{}}
	packages := 0
	for _, part := range []struct {
		name string
		read func() error
	}{
		{"SPDXID", func() error { return s.element(&s.id) }},
		{"name", func() error { return s.text(&d.Name, MaxTextLength) }},
		{"documentNamespace", func() error { return s.text(&d.SerialNumber, MaxTextLength) }},
		{"creationInfo", s.creationInfo},
		{"documentDescribes", s.each(s.describes)},
		{"relationships", s.each(s.relationship)},
		{"files", s.each(s.countFile)},
		{"packages", s.each(func() error { packages++; return nil })},
		{"packages", func() error { return s.allPackages(packages) }},
		{"files", s.describedFiles},
	} {
		if err := r.within(part.name, parts[part.name], part.read); err != nil {
			return err
		}
	}
	return nil
}

// each returns what reads every element by f.
func (s *spdxReader) each(f func() error) func() error {
	return func() error { return s.at.Elements(func(int) error { return f() }) }
}

// allPackages reads all n, and makes those that the document is about its subjects.
func (s *spdxReader) allPackages(n int) error {
	s.room(n)
	if err := s.each(s.spdxPackage)(); err != nil || len(s.places) == 0 {
		return err
	}
	s.doc.Subject = make([]Component, 0, len(s.places)+s.files)
	for _, place := range s.places {
		s.doc.Subject = append(s.doc.Subject, s.doc.Components[place])
	}
	return nil
}

// countFile counts one if the document is about it.
func (s *spdxReader) countFile() error {
	if len(s.described) == 0 {
		return nil
	}
	return s.at.Members(func(name []byte) error {
		if string(name) != "SPDXID" {
			return nil
		}
		var id common.ElementID
		err := s.element(&id)
		if err == nil && s.described[id] {
			s.files++
		}
		if err == nil && s.files > MaxComponents {
			err = s.at.Fault(fmt.Sprintf("at most %d files that the document is about", MaxComponents), "there are more")
		}
		return err
	})
}

// describedFiles makes those that the document is about its subjects.
func (s *spdxReader) describedFiles() error {
	s.doc.Subject = slices.Grow(s.doc.Subject, s.files)
	return s.each(s.file)()
}

// element reads an identifier within the document.
func (r *reader) element(id *common.ElementID) error {
	stated, err := r.at.Text()
	if err == nil && id.UnmarshalJSON([]byte(stated)) != nil {
		err = r.notAnID(stated)
	}
	return err
}

// anyElement reads an identifier within this document or another, NONE or NOASSERTION.
func (r *reader) anyElement(id *common.DocElementID) error {
	stated, err := r.at.Text()
	if err == nil && id.UnmarshalJSON([]byte(stated)) != nil {
		err = r.notAnID(stated)
	}
	return err
}

func (r *reader) notAnID(stated string) error {
	return r.at.Fault("an SPDX identifier, such as SPDXRef-Package", "it is "+quoted(stated))
}

func (r *reader) creationInfo() error {
	return r.at.Members(func(name []byte) error {
		if string(name) == "created" {
			return r.statedTime()
		}
		return r.unread(name, creationNames)
	})
}

// describes notes an element that the document is about.
func (s *spdxReader) describes() error {
	var id common.DocElementID
	err := s.anyElement(&id)
	if err == nil && id.DocumentRefID == "" && id.ElementRefID != "" {
		s.described[id.ElementRefID] = true
	}
	return err
}

// relationship notes an element that the document is about.
func (s *spdxReader) relationship() error {
	var a, b common.DocElementID
	var kind string
	err := s.at.Members(func(name []byte) error {
		switch string(name) {
		case "spdxElementId":
			return s.anyElement(&a)
		case "relationshipType":
			return s.plain(&kind)
		case "relatedSpdxElement":
			return s.anyElement(&b)
		}
		return s.unread(name, relationshipNames)
	})
	switch kind {
	case common.TypeRelationshipDescribeBy:
		a, b = b, a
	case common.TypeRelationshipDescribe:
	default:
		return err
	}
	if a.DocumentRefID == "" && a.ElementRefID == s.id && b.DocumentRefID == "" && b.ElementRefID != "" {
		s.described[b.ElementRefID] = true
	}
	return err
}

// file reads one only if the document is about it.
func (s *spdxReader) file() error {
	var id common.ElementID
	var name string
	var checksums []byte
	err := s.at.Members(func(member []byte) error {
		switch string(member) {
		case "SPDXID":
			return s.element(&id)
		case "fileName":
			return s.plain(&name)
		case "checksums":
			checksums = s.at.Skip()
			return nil
		}
		return s.unread(member, fileNames)
	})
	if err != nil || !s.described[id] {
		return err
	}
	path := s.at.Path()
	c := Component{Ref: ref(id), Type: "file", Name: name}
	err = firstOf(
		checkText(c.Name, MaxTextLength, func() string { return path + ".fileName" }),
		checkText(c.Ref, MaxTextLength, func() string { return path + ".SPDXID" }),
		s.within(path+".checksums", checksums, func() error { return s.checksums(&c) }),
	)
	c.finish()
	s.doc.Subject = append(s.doc.Subject, c)
	return err
}

func ref(id common.ElementID) string {
	if id == "" {
		return ""
	}
	return "SPDXRef-" + string(id)
}

// spdxPackage reads a package, once for each of its package URLs if it has several.
func (s *spdxReader) spdxPackage() error {
	if s.at.Null() {
		return s.at.Fault("a package", "it is null")
	}
	var c Component
	var id common.ElementID
	var licences licenceCount
	var references []reference
	var concluded []byte
	err := s.at.Members(func(name []byte) error {
		switch string(name) {
		case "SPDXID":
			if err := s.element(&id); err != nil {
				return err
			}
			c.Ref = ref(id)
			return checkText(c.Ref, MaxTextLength, s.at.Path)
		case "primaryPackagePurpose":
			err := s.text(&c.Type, MaxTypeLength)
			c.Type = strings.ToLower(c.Type)
			return err
		case "name":
			return s.text(&c.Name, MaxTextLength)
		case "versionInfo":
			return s.text(&c.Version, MaxTextLength)
		case "checksums":
			return s.checksums(&c)
		case "licenseDeclared":
			return s.licence(&c, &licences)
		case "licenseConcluded":
			concluded = s.at.Skip() // declared comes first, wherever it is
			return nil
		case "externalRefs":
			return s.at.Elements(func(i int) error { return s.reference(i, &references) })
		}
		return s.unread(name, packageNames)
	})
	if err == nil && concluded != nil {
		err = s.within(s.at.Path()+".licenseConcluded", concluded, func() error { return s.licence(&c, &licences) })
	}
	if err != nil {
		return err
	}
	if c.Ref == "" && c.Name == "" {
		return s.at.Fault("a package", "it has neither SPDXID nor name")
	}
	all, err := s.eachPURL(c, references)
	if err == nil && s.described[id] {
		s.places = append(s.places, len(s.doc.Components))
	}
	for i := range all {
		if err == nil {
			all[i].finish()
			_, err = s.add(all[i])
		}
	}
	return err
}

// eachPURL returns the package once for each of its package URLs, which are references.
func (r *reader) eachPURL(c Component, references []reference) ([]Component, error) {
	all := []Component{c}
	named := false
	for _, x := range references {
		at := strictjson.ElementPath(".externalRefs", x.place) + ".referenceLocator"
		if !x.own {
			// It may name what the package was made from, or what replaces it.
			r.problem(at, "a package URL of referenceType purl or of referenceCategory PACKAGE-MANAGER",
				fmt.Sprintf("it is of referenceCategory %s and referenceType %s", quoted(x.category), quoted(x.kind)))
			continue
		}
		if named {
			// What else it is found by stays with the first, else it would be found twice.
			all = append(all, Component{Ref: c.Ref, Type: c.Type, Name: c.Name, Version: c.Version})
		}
		named = true
		last := len(all) - 1
		if err := r.purl(at, x.locator, &all[last]); err != nil {
			return nil, err
		}
		if slices.ContainsFunc(all[:last], func(o Component) bool { return o.Package == all[last].Package && !o.Package.IsZero() }) {
			all = all[:last] // one package URL, written in two ways
		}
	}
	return all, nil
}

// reference is an external reference of a package that may be a package URL.
type reference struct {
	place                   int
	category, kind, locator string
	// own says that the package URL is the package's own, here or in another reference.
	own bool
}

// reference reads one, and keeps the first of each package URL.
func (r *reader) reference(place int, all *[]reference) error {
	x := reference{place: place}
	err := r.at.Members(func(name []byte) error {
		switch string(name) {
		case "referenceCategory":
			err := r.plain(&x.category)
			x.category = strings.ReplaceAll(x.category, "_", "-") // as some have it
			return err
		case "referenceType":
			return r.plain(&x.kind)
		case "referenceLocator":
			return r.plain(&x.locator)
		}
		return r.unread(name, referenceNames)
	})
	x.own = x.isPURL()
	if err != nil || !x.own && !beginsAsPURL(x.locator) {
		return err
	}
	if i := slices.IndexFunc(*all, func(o reference) bool { return o.locator == x.locator }); i >= 0 {
		(*all)[i].own = (*all)[i].own || x.own
		return nil
	}
	if len(*all) == MaxPerComponent {
		return r.at.Fault(fmt.Sprintf("at most %d package URLs", MaxPerComponent), "there are more")
	}
	*all = append(*all, x)
	return nil
}

// isPURL reports whether x says that its locator is the package's own package URL: by
// the type's name, by the URI that the name stands for, which some writers give in its
// stead, or in another type of a package manager, which names the package too.
func (x *reference) isPURL() bool {
	_, uri, _ := strings.Cut(x.kind, "://")
	return x.kind == common.TypePackageManagerPURL || uri == "spdx.org/rdf/references/"+common.TypePackageManagerPURL ||
		x.category == common.CategoryPackageManager && beginsAsPURL(x.locator)
}

func beginsAsPURL(locator string) bool {
	scheme, _, found := strings.Cut(locator, ":")
	return found && strings.EqualFold(scheme, "pkg")
}

func (r *reader) checksums(c *Component) error { return r.digests("algorithm", "checksumValue", c) }
