package migrator

import (
	"fmt"
	"slices"
	"strings"
)

// partOf is the name of the table that an object belongs to, "" for none.
func (o Object) partOf() string {
	switch o.Kind {
	case "column":
		return o.Name[:strings.LastIndex(o.Name, ".")]
	case "constraint", "index", "policy", "trigger", "rule":
		return afterLast(o.Name, " on ")
	case "child":
		return afterLast(o.Name, " of ")
	case "grant":
		what, _ := grantParts(o.Name)
		return what
	}
	return ""
}

func afterLast(s, sep string) string {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[i+len(sep):]
	}
	return ""
}

// grantParts splits the name of a grant into what it is on and to whom.
func grantParts(name string) (what, receiver string) {
	i := strings.LastIndex(name, " to ")
	return strings.TrimSuffix(strings.TrimPrefix(name[:i], "schema "), " columns"), name[i+len(" to "):]
}

const lost = "restore it from a backup: what it held is gone, and no migration makes it again"

// fix says what to do about a difference.
func (d *Difference) fix() string {
	o := Object{Kind: d.Kind, Name: d.Object}
	table := o.partOf()
	name, _, _ := strings.Cut(d.Object, " on ")
	switch d.Kind {
	case "schema":
		return fmt.Sprintf("ALTER SCHEMA %s OWNER TO %s;", d.Object, ownerRole)
	case "grant":
		return d.fixGrant(table)
	case "column":
		column := afterLast(d.Object, ".")
		switch d.How {
		case Missing:
			return lost
		case Unexpected:
			return fmt.Sprintf("ALTER TABLE %s DROP COLUMN %s; after a look at what it holds", table, column)
		}
		return fmt.Sprintf("ALTER TABLE %s ALTER COLUMN %s … until it is as expected", table, column)
	case "constraint":
		if d.Found == d.Expected+" disabled" {
			return fmt.Sprintf("ALTER TABLE %s ENABLE TRIGGER ALL; as a superuser, here and on the table that the key points to", table)
		}
		return d.replace(fmt.Sprintf("ALTER TABLE %s DROP CONSTRAINT %s;", table, name),
			fmt.Sprintf("ALTER TABLE %s ADD CONSTRAINT %s %s;", table, name, d.Expected))
	case "index":
		index := schemaOf(table) + "." + name
		if d.Found == d.Expected+" invalid" {
			return fmt.Sprintf("REINDEX INDEX CONCURRENTLY %s;", index)
		}
		return d.replace(fmt.Sprintf("DROP INDEX CONCURRENTLY %s;", index), strings.Replace(d.Expected, " INDEX ", " INDEX CONCURRENTLY ", 1)+";")
	case "policy":
		return d.replace(fmt.Sprintf("DROP POLICY %s ON %s;", name, table), fmt.Sprintf("CREATE POLICY %s ON %s %s;", name, table, d.Expected))
	case "trigger":
		for _, state := range []string{" disabled", " always", " replica only"} {
			if d.Found == d.Expected+state {
				return fmt.Sprintf("ALTER TABLE %s ENABLE TRIGGER %s;", table, name)
			}
		}
		return d.replace(fmt.Sprintf("DROP TRIGGER %s ON %s;", name, table), d.Expected+";")
	case "rule":
		return d.replace(fmt.Sprintf("DROP RULE %s ON %s;", name, table), d.Expected)
	case "child":
		child, _, _ := strings.Cut(d.Object, " of ")
		return fmt.Sprintf("ALTER TABLE %s NO INHERIT %s;", child, table)
	case "function", "procedure", "aggregate":
		return d.fixFunction()
	case "table", "partitioned table":
		return d.fixTable()
	}
	if d.How == Unexpected {
		return fmt.Sprintf("DROP %s %s;", strings.ToUpper(strings.TrimSuffix(d.Kind, " object")), d.Object)
	}
	return "bring it to what is expected"
}

// replace is what removes an object, what makes it, or both in this order.
func (d *Difference) replace(drop, create string) string {
	switch d.How {
	case Missing:
		return create
	case Unexpected:
		return drop
	}
	return drop + " " + create
}

func schemaOf(table string) string {
	schema, _, _ := strings.Cut(table, ".")
	return schema
}

// fixTable undoes what was done to a table itself.
func (d *Difference) fixTable() string {
	switch d.How {
	case Missing:
		return lost
	case Unexpected:
		return fmt.Sprintf("DROP TABLE %s; after a look at what it holds", d.Object)
	}
	var todo []string
	want, have := strings.Fields(d.Expected), strings.Fields(d.Found)
	for _, change := range []struct{ word, on, off string }{
		{"rls", "ENABLE ROW LEVEL SECURITY", "DISABLE ROW LEVEL SECURITY"},
		{"forced", "FORCE ROW LEVEL SECURITY", "NO FORCE ROW LEVEL SECURITY"},
		{"unlogged", "SET UNLOGGED", "SET LOGGED"},
	} {
		switch wanted := slices.Contains(want, change.word); {
		case wanted == slices.Contains(have, change.word):
		case wanted:
			todo = append(todo, change.on)
		default:
			todo = append(todo, change.off)
		}
	}
	if want[1] != have[1] {
		todo = append(todo, "OWNER TO "+want[1])
	}
	if len(todo) == 0 {
		todo = append(todo, "SET or RESET the storage parameters behind \"with\"")
	}
	return fmt.Sprintf("ALTER TABLE %s %s;", d.Object, strings.Join(todo, ", "))
}

func (d *Difference) fixFunction() string {
	if d.How == Unexpected {
		return fmt.Sprintf("DROP %s %s;", strings.ToUpper(d.Kind), d.Object)
	}
	want, wantBody, _ := strings.Cut(d.Expected, "\n")
	have, haveBody, _ := strings.Cut(d.Found, "\n")
	var todo []string
	if d.How == Missing || wantBody != haveBody {
		todo = append(todo, "run the statement below the first line of what is expected (--json shows it whole)")
	}
	if want != have {
		todo = append(todo, "ALTER FUNCTION … OWNER TO, GRANT and REVOKE EXECUTE until it is: "+want)
	}
	return strings.Join(todo, "; then ")
}

// fixGrant gives what is missing and takes what is too much.
func (d *Difference) fixGrant(what string) string {
	_, receiver := grantParts(d.Object)
	if receiver == "its owner" {
		return fmt.Sprintf("GRANT %s ON %s TO %s;", strings.TrimPrefix(d.Found, "lacks "), what, ownerRole)
	}
	on := what
	if strings.HasPrefix(d.Object, "schema ") {
		on = "SCHEMA " + what
	}
	privilege := func(list []string) string { return strings.Join(list, ", ") }
	if role, p, columns := strings.Cut(receiver, ", "); columns {
		receiver = role
		verb, _, _ := strings.Cut(p, " WITH")
		privilege = func(list []string) string { return fmt.Sprintf("%s (%s)", verb, strings.Join(list, ", ")) }
	}
	want, have := list(d.Expected), list(d.Found)
	var todo []string
	if more := without(have, want); len(more) > 0 {
		for i, p := range more {
			more[i] = strings.TrimSuffix(p, " WITH GRANT OPTION")
		}
		todo = append(todo, fmt.Sprintf("REVOKE %s ON %s FROM %s;", privilege(more), on, receiver))
	}
	if less := without(want, have); len(less) > 0 {
		todo = append(todo, fmt.Sprintf("GRANT %s ON %s TO %s;", privilege(less), on, receiver))
	}
	return strings.Join(todo, " ")
}

func list(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ", ")
}

func without(all, some []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(some, s) })
}
