package sbom

import "stella-ops.org/attestdb/internal/strictjson"

// The members that are read; package cyclonedx-go has them all.
//
// https://cyclonedx.org/docs/1.6/json/
var (
	metadataNames  = []string{"timestamp", "component"}
	componentNames = []string{"bom-ref", "type", "name", "version", "purl", "hashes", "licenses", "components"}
	choiceNames    = []string{"license", "expression"}
	licenceNames   = []string{"id", "name"}
)

func (r *reader) cycloneDX(parts map[string][]byte) error {
	d := r.doc
	d.Format = CycloneDX
	var nested []byte
	err := firstOf(
		r.within("serialNumber", parts["serialNumber"], func() error { return r.text(&d.SerialNumber, MaxTextLength) }),
		r.within("metadata", parts["metadata"], func() error { return r.metadata(&nested) }),
	)
	if err != nil {
		return err
	}
	isPackage := d.Subject != nil && !d.Subject[0].Package.IsZero()
	n := countComponents(nested) + countComponents(parts["components"])
	if isPackage {
		n++
	}
	r.room(n)
	// Who looks for a package looks for the artifact that is it, too.
	if isPackage {
		d.Components = append(d.Components, d.Subject[0])
	}
	if err := r.within("metadata.component.components", nested, r.components); err != nil {
		return err
	}
	return r.within("components", parts["components"], r.components)
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// metadata reads the subject, but for the list of those nested in it.
func (r *reader) metadata(nested *[]byte) error {
	return r.at.Members(func(name []byte) error {
		switch string(name) {
		case "timestamp":
			return r.statedTime()
		case "component":
			if r.at.Null() {
				return nil
			}
			c, err := r.component(func() error {
				*nested = r.at.Skip()
				return nil
			})
			r.doc.Subject, r.doc.Name = []Component{c}, c.Name
			return err
		}
		return r.unread(name, metadataNames)
	})
}

// countComponents counts a list of them with those nested in it, as far as it is one.
func countComponents(list []byte) (n int) {
	if list == nil {
		return 0
	}
	c := strictjson.NewCursor("", list)
	var count func() error
	count = func() error {
		return c.Elements(func(int) error {
			n++
			return c.Members(func(name []byte) error {
				if string(name) == "components" {
					return count()
				}
				return nil
			})
		})
	}
	_ = count() // who reads them finds what is wrong
	return n
}

// components reads a list of them, each before those nested in it.
func (r *reader) components() error {
	return r.at.Elements(func(int) error {
		place, err := r.add(Component{})
		if err != nil {
			return err
		}
		c, err := r.component(r.components)
		if err == nil && c.Type == "" && c.Name == "" {
			err = r.at.Fault("a component", "it has neither type nor name")
		}
		r.doc.Components[place] = c
		return err
	})
}

// component reads one; nested reads the list of those nested in it, where it comes.
func (r *reader) component(nested func() error) (c Component, err error) {
	var purl string
	var licences licenceCount
	err = r.at.Members(func(name []byte) error {
		switch string(name) {
		case "bom-ref":
			return r.text(&c.Ref, MaxTextLength)
		case "type":
			return r.text(&c.Type, MaxTypeLength)
		case "name":
			return r.text(&c.Name, MaxTextLength)
		case "version":
			return r.text(&c.Version, MaxTextLength)
		case "purl":
			return r.text(&purl, MaxTextLength)
		case "hashes":
			return r.digests("alg", "content", &c)
		case "licenses":
			return r.licences(&c, &licences)
		case "components":
			return nested()
		}
		return r.unread(name, componentNames)
	})
	if err == nil {
		err = r.purl(".purl", purl, &c)
	}
	c.finish()
	return c, err
}

func (r *reader) licences(c *Component, n *licenceCount) error {
	return r.at.Elements(func(int) error {
		return r.at.Members(func(name []byte) error {
			switch string(name) {
			case "expression":
				return r.licence(c, n)
			case "license":
				return r.at.Members(func(name []byte) error {
					switch string(name) {
					case "id", "name":
						return r.licence(c, n)
					}
					return r.unread(name, licenceNames)
				})
			}
			return r.unread(name, choiceNames)
		})
	})
}
