package vex

import (
	"fmt"
)

// csafProduct is a product as the tree defines it.
type csafProduct struct {
	product Product
	// path is that of its definition.
	path string
	// relation, base and context are of a product that a relationship defines: base as
	// a part of context, say.
	relation, base, context string
	// resolved is the product with what base and context say of it.
	resolved *Product
	// open says that it is being resolved, depth how long its longest chain of
	// relationships is.
	open  bool
	depth int
}

// productTree reads all definitions.
func (c *csafReader) productTree(o object) {
	o.each("branches", func(_ int, path string, value []byte) { c.branch(path, value, 1, branchVersion{}) })
	o.each("full_product_names", func(_ int, path string, value []byte) { c.define(path, value, branchVersion{}) })
	o.each("relationships", func(_ int, path string, value []byte) { c.relationship(c.object(path, value)) })
	c.groupIDs = map[string]bool{}
	o.each("product_groups", func(_ int, path string, value []byte) { c.productGroup(c.object(path, value)) })
	// Whatever a relationship names has to be there, used or not.
	o.each("relationships", func(_ int, path string, value []byte) {
		in := c.object(path, value).within("full_product_name")
		c.resolve(in.at("product_id"), in.id("product_id"), 0)
	})
}

// branchVersion is the version, or range of versions, of the branches above.
type branchVersion struct{ version, versions string }

func (c *csafReader) branch(path string, value []byte, depth int, above branchVersion) {
	if depth > MaxBranchDepth {
		c.fail(path, fmt.Sprintf("at most %d branches in each other", MaxBranchDepth), "they are nested deeper")
		return
	}
	o := c.object(path, value)
	name := o.required("name")
	switch o.required("category") {
	case "product_version":
		above = branchVersion{version: name}
	case "product_version_range":
		above = branchVersion{versions: name}
	}
	if product := o.get("product"); product != nil {
		c.define(o.at("product"), product, above)
	}
	o.each("branches", func(_ int, path string, value []byte) { c.branch(path, value, depth+1, above) })
}

// define reads a full_product_name.
func (c *csafReader) define(path string, value []byte, v branchVersion) *csafProduct {
	o := c.object(path, value)
	p := &csafProduct{path: path, product: Product{
		ID: o.required("product_id"), Name: o.required("name"), Version: v.version, VersionRange: v.versions,
	}}
	helper := o.within("product_identification_helper")
	if purl := helper.id("purl"); purl != "" {
		c.purl(helper.at("purl"), purl, &p.product)
	}
	// 2.1 has a list.
	helper.each("purls", func(_ int, path string, value []byte) {
		c.purl(path, c.text(path, value, MaxIDLength), &p.product)
	})
	if cpe := helper.id("cpe"); cpe != "" {
		p.product.CPEs = []string{cpe}
	}
	helper.each("hashes", func(_ int, path string, value []byte) {
		c.object(path, value).each("file_hashes", func(_ int, path string, value []byte) {
			hash := c.object(path, value)
			c.digest(hash.at("value"), hash.id("algorithm"), hash.id("value"), &p.product)
		})
	})
	p.product.finish()
	if c.err != nil {
		return p
	}
	if before, found := c.defined[p.product.ID]; found {
		c.fail(o.at("product_id"), "each product_id once", fmt.Sprintf("%s is defined at %s too", quoted(p.product.ID), before.path))
	}
	if len(c.defined) == MaxProducts {
		c.fail(path, fmt.Sprintf("at most %d products", MaxProducts), "there are more")
	}
	c.defined[p.product.ID] = p
	return p
}

func (c *csafReader) relationship(o object) {
	full := o.get("full_product_name")
	if full == nil {
		c.fail(o.at("full_product_name"), "a product", "it is missing")
		return
	}
	p := c.define(o.at("full_product_name"), full, branchVersion{})
	p.relation = o.id("category")
	oneOf(c.reader, o.at("category"), p.relation, csafRelations)
	p.base, p.context = o.required("product_reference"), o.required("relates_to_product_reference")
}

func (c *csafReader) productGroup(o object) {
	group := o.required("group_id")
	if c.groupIDs[group] {
		c.fail(o.at("group_id"), "each group_id once", quoted(group)+" is there before")
	}
	c.groupIDs[group] = true
	seen := map[string]bool{}
	o.each("product_ids", func(_ int, path string, value []byte) {
		id := c.text(path, value, MaxIDLength)
		c.mustBeDefined(path, id)
		if !seen[id] {
			seen[id] = true
			c.groups[id] = append(c.groups[id], group)
		}
	})
}

func (c *csafReader) mustBeDefined(path, id string) {
	if c.err == nil && c.defined[id] == nil {
		c.fail(path, "a product_id that product_tree defines", "it is "+quoted(id))
	}
}

// resolve returns the product with this id. What a relationship defines has the package
// URLs, CPE names, digests and version of the product that it is about, if it has none
// of its own, and says within what it is. path is what asks for it.
func (c *csafReader) resolve(path, id string, depth int) *Product {
	c.mustBeDefined(path, id)
	if c.err != nil {
		return &Product{}
	}
	p := c.defined[id]
	if p.resolved != nil {
		return p.resolved
	}
	if p.relation == "" {
		p.resolved = &p.product
		return p.resolved
	}
	switch {
	case p.open:
		c.fail(path, "products that are not parts of themselves", quoted(id)+" is")
		return &Product{}
	case depth == MaxRelationDepth:
		c.tooDeep(path)
		return &Product{}
	}
	p.open = true
	// path is that of full_product_name, which stands beside.
	beside := p.path[:len(p.path)-len("full_product_name")]
	base := c.resolve(beside+"product_reference", p.base, depth+1)
	context := c.resolve(beside+"relates_to_product_reference", p.context, depth+1)
	p.open = false
	if c.err != nil {
		return &Product{}
	}
	// What was resolved before stops the recursion, not the chain.
	if p.depth = 1 + max(c.defined[p.base].depth, c.defined[p.context].depth); p.depth > MaxRelationDepth {
		c.tooDeep(path)
	}
	q := p.product
	if len(q.Packages) == 0 {
		q.Packages = base.Packages
	}
	if len(q.CPEs) == 0 {
		q.CPEs = base.CPEs
	}
	if len(q.Digests) == 0 {
		q.Digests = base.Digests
	}
	q.Version, q.VersionRange = base.Version, base.VersionRange
	q.Within = append(q.Within, base.Within...)
	q.Within = append(q.Within, Within{Relation: p.relation, Product: context})
	p.resolved = &q
	return p.resolved
}

func (c *csafReader) tooDeep(path string) {
	c.fail(path, fmt.Sprintf("at most %d relationships in a chain", MaxRelationDepth), "there are more")
}
