package migrator

import (
	"context"
	_ "embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// CatalogueFile is the name of the file in a module's directory that says what its
// migrations build, and those of the modules before it.
const CatalogueFile = "catalogue.golden"

//go:embed catalogue.sql
var catalogueSQL string

// An Object is one thing in a schema: a table, a policy, a grant.
type Object struct {
	// Kind is "table", "column", "policy", …
	Kind string
	// Name is its name with all that makes it unique.
	Name string
	// Definition is what PostgreSQL says of it; it may have several lines.
	Definition string
}

// deparsing are the settings that change how PostgreSQL writes definitions.
const deparsing = `SET LOCAL search_path = ''; SET LOCAL quote_all_identifiers = off; SET LOCAL TimeZone = 'UTC';
SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres'; SET LOCAL bytea_output = 'hex';
SET LOCAL extra_float_digits = 1; SET LOCAL standard_conforming_strings = on`

// Catalogue returns everything in a module's schema, and who may do what with its
// revision table. Every role may ask, and gets the same answer. Settings of the
// transaction change.
func Catalogue(ctx context.Context, tx pgx.Tx, module string) ([]Object, error) {
	if _, err := tx.Conn().PgConn().Exec(ctx, deparsing).ReadAll(); err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, catalogueSQL, []string{module, revisionSchema(module)}, []string{revisionSchema(module)})
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Object])
}

const continued = "  |"

// outer are the kinds that are not a part or a right of another object.
var outer = []string{"schema", "table", "partitioned table", "view", "materialized view", "foreign table", "sequence", "function", "procedure", "aggregate", "type"}

// FormatCatalogue writes objects as text for people to review: an object a line, with the
// other lines of its definition below it.
func FormatCatalogue(objects []Object) string {
	var b strings.Builder
	for _, o := range objects {
		if !slices.Contains(outer, o.Kind) {
			b.WriteString("  ")
		}
		lines := strings.Split(o.Definition, "\n")
		fmt.Fprintf(&b, "%s %s: %s\n", o.Kind, o.Name, lines[0])
		for _, line := range lines[1:] {
			if line != "" {
				line = " " + line
			}
			b.WriteString(continued + line + "\n")
		}
	}
	return b.String()
}

// ParseCatalogue reads what [FormatCatalogue] wrote.
func ParseCatalogue(text string) ([]Object, error) {
	var objects []Object
	n := 0
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		n++
		if rest, ok := strings.CutPrefix(line, continued); ok && len(objects) > 0 {
			objects[len(objects)-1].Definition += "\n" + strings.TrimPrefix(rest, " ")
			continue
		}
		head, definition, ok := strings.Cut(strings.TrimPrefix(line, "  "), ": ")
		kind, name := cutKind(head)
		if !ok || name == "" {
			return nil, fmt.Errorf("line %d: allowed is KIND NAME: DEFINITION", n)
		}
		objects = append(objects, Object{kind, name, definition})
	}
	return objects, nil
}

// cutKind splits a kind, which may be of two words, from a name.
func cutKind(head string) (kind, name string) {
	for _, two := range []string{"partitioned table ", "materialized view ", "foreign table "} {
		if rest, ok := strings.CutPrefix(head, two); ok {
			return strings.TrimSpace(two), rest
		}
	}
	kind, name, _ = strings.Cut(head, " ")
	return kind, name
}

// key is what makes an object the same one in two catalogues.
func (o Object) key() string { return o.Kind + " " + o.Name }

// expected reads what the migrations of a module build.
func expected(fsys fs.FS, module string) ([]Object, error) {
	text, err := fs.ReadFile(fsys, module+"/"+CatalogueFile)
	if err != nil {
		return nil, fmt.Errorf("what module %s should be: %w", module, err)
	}
	objects, err := ParseCatalogue(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s/%s: %w", module, CatalogueFile, err)
	}
	return objects, nil
}
