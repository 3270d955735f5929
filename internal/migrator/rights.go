package migrator

import (
	"io/fs"
	"slices"
	"strings"
)

// Right is one thing that the migrations let a role do.
type Right struct {
	// Kind is "schema", "table", "column" or "function".
	Kind string
	// Schema and Name are the object's; of a schema Name is "".
	Schema, Name string
	// Column is which column of the table Name, "" but for a column.
	Column string
	// Privilege is "SELECT", "USAGE", …
	Privilege string
}

// Rights returns what the newest files of the modules let a role do.
func Rights(fsys fs.FS, modules []string, role string) ([]Right, error) {
	var rights []Right
	for _, module := range modules {
		objects, err := expected(fsys, module)
		if err != nil {
			return nil, err
		}
		for _, o := range objects {
			rights = append(rights, o.rights(role)...)
		}
	}
	return rights, nil
}

func (o Object) rights(role string) []Right {
	definition, _, _ := strings.Cut(o.Definition, "\n")
	switch o.Kind {
	case "function", "procedure":
		_, who, _ := strings.Cut(definition, "executable by ")
		if !slices.Contains(list(who), role) {
			return nil
		}
		name, _, _ := strings.Cut(o.Name, "(")
		schema, name, _ := strings.Cut(name, ".")
		return []Right{{Kind: "function", Schema: schema, Name: name, Privilege: "EXECUTE"}}
	case "grant":
	default:
		return nil
	}
	what, receiver := grantParts(o.Name)
	receiver, columns, isColumns := strings.Cut(receiver, ", ")
	if receiver != role {
		return nil
	}
	var rights []Right
	schema, name, isTable := strings.Cut(what, ".")
	for _, item := range list(definition) {
		r := Right{Kind: "table", Schema: schema, Name: name, Privilege: strings.TrimSuffix(item, " WITH GRANT OPTION")}
		switch {
		case !isTable:
			r.Kind = "schema"
		case isColumns:
			r.Kind, r.Column, r.Privilege = "column", item, strings.TrimSuffix(columns, " WITH GRANT OPTION")
		}
		rights = append(rights, r)
	}
	return rights
}
