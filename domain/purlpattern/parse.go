package purlpattern

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/package-url/packageurl-go"
)

const scheme = "pkg:"

var (
	validType = regexp.MustCompile(`^[A-Za-z.+-][A-Za-z0-9.+-]*$`)
	keyed     = regexp.MustCompile(`^[A-Za-z._-][A-Za-z0-9._-]*=`)
)

// Parse reads a pattern and puts it into its canonical form. The error is a
// *[fault.Invalid] of the field "pattern".
func Parse(s string) (Pattern, error) {
	if problem := unreadable(s, MaxLength); problem != "" {
		return Pattern{}, invalid("%s", problem)
	}
	if len(s) < len(scheme) || !strings.EqualFold(s[:len(scheme)], scheme) {
		return Pattern{}, invalid("%s does not begin with pkg:", quoted(s))
	}
	rest, subpath, hasSubpath := strings.Cut(strings.TrimLeft(s[len(scheme):], "/"), "#")
	path, pairs := cutQualifiers(rest)
	var p Pattern
	if err := p.readQualifiers(pairs); err != nil {
		return Pattern{}, err
	}
	if err := p.readPath(path); err != nil {
		return Pattern{}, err
	}
	if hasSubpath {
		if err := p.readSubpath(subpath); err != nil {
			return Pattern{}, err
		}
	}
	p.text = p.canonical()
	if len(p.text) > MaxLength {
		return Pattern{}, invalid("its canonical form has %d bytes, more than %d", len(p.text), MaxLength)
	}
	if n := p.wildcards(); n > MaxWildcards {
		return Pattern{}, invalid("it has %d wildcards, more than %d", n, MaxWildcards)
	}
	return p, nil
}

// cutQualifiers cuts at the first question mark that only qualifiers follow; the others
// are wildcards.
func cutQualifiers(s string) (path string, pairs []string) {
	for i := range len(s) {
		if s[i] != '?' {
			continue
		}
		pairs = strings.Split(s[i+1:], "&")
		if !slices.ContainsFunc(pairs, func(pair string) bool { return !keyed.MatchString(pair) }) {
			return s[:i], pairs
		}
	}
	return s, nil
}

func (p *Pattern) readQualifiers(pairs []string) error {
	for _, pair := range pairs {
		key, value, _ := strings.Cut(pair, "=")
		key = strings.ToLower(key)
		if value == "" {
			return invalid("its qualifier %s has no value: leave it out, or write %s=* for any", quoted(key), key)
		}
		if strings.Contains(value, ";") {
			return invalid("its qualifier %s has a semicolon: write %%3B", quoted(key))
		}
		g, err := parseGlob(value, nil)
		if err != nil {
			return err
		}
		p.qualifiers = append(p.qualifiers, qualifier{key, g})
	}
	slices.SortFunc(p.qualifiers, func(a, b qualifier) int { return cmp.Compare(a.key, b.key) })
	for i := 1; i < len(p.qualifiers); i++ {
		if key := p.qualifiers[i].key; key == p.qualifiers[i-1].key {
			return invalid("it has the qualifier %s twice", quoted(key))
		}
	}
	return nil
}

// readPath reads type, namespace, name and version.
func (p *Pattern) readPath(path string) error {
	if strings.Contains(path, "=") {
		return invalid("%s has an equals sign and is no list of qualifiers: write %%3D where one is meant", quoted(path))
	}
	typ, rest, found := strings.Cut(path, "/")
	if !found {
		return invalid("%s has no name", quoted(path))
	}
	if typ != "*" && !validType.MatchString(typ) {
		return invalid("its type %s is neither a type nor *", quoted(typ))
	}
	typ = strings.ToLower(typ)
	p.typ = typ
	if strings.HasPrefix(rest, "@") && typ != packageurl.TypeNPM {
		return invalid("its namespace begins with @: write %%40")
	}
	if at := strings.LastIndexByte(rest, '@'); at > 0 {
		version := rest[at+1:]
		rest = rest[:at]
		switch {
		case version == "":
			return invalid("its version is empty: leave out the @, or write @* for any")
		case strings.Contains(version, "/"):
			return invalid("its version %s has a slash: write %%2F, or %%40 for an @ that begins no version", quoted(version))
		}
		var err error
		if p.version, err = parseGlob(version, p.folding(setVersion)); err != nil {
			return err
		}
	}
	segments := strings.Split(rest, "/")
	last := len(segments) - 1
	if segments[last] == "" {
		return invalid("%s has no name", quoted(path))
	}
	for _, s := range segments[:last] {
		if s == "" {
			continue
		}
		if err := p.readNamespace(s); err != nil {
			return err
		}
	}
	if segments[last] == "**" {
		p.addRun()
		p.path = append(p.path, segment{one: true})
		return nil
	}
	g, err := parseGlob(segments[last], p.folding(setName))
	p.path = append(p.path, segment{glob: g})
	return err
}

func (p *Pattern) readNamespace(s string) error {
	if s == "**" {
		p.addRun()
		return nil
	}
	if strings.Contains(strings.ToUpper(s), "%2F") {
		return invalid("its namespace has %%2F: write /")
	}
	g, err := parseGlob(s, p.folding(setNamespace))
	p.path = append(p.path, segment{glob: g})
	return err
}

// addRun adds "**", which after another one says nothing.
func (p *Pattern) addRun() {
	if n := len(p.path); n == 0 || !p.path[n-1].run {
		p.path = append(p.path, segment{run: true})
	}
}

func (p *Pattern) readSubpath(subpath string) error {
	for s := range strings.SplitSeq(strings.Trim(subpath, "/"), "/") {
		switch s {
		case "":
			return invalid("its subpath has an empty segment")
		case "**":
			return invalid("its subpath has **, which stands for segments of a namespace")
		}
		g, err := parseGlob(s, nil)
		if err != nil {
			return err
		}
		if decoded := string(g); decoded == "." || decoded == ".." || slices.Contains(g, '/') {
			return invalid("its subpath has %s, which no package URL has", quoted(s))
		}
		p.subpath = append(p.subpath, g)
	}
	return nil
}

// parseGlob reads a segment, and folds its characters.
func parseGlob(s string, fold func(string) string) (glob, error) {
	var g glob
	for rest := s; rest != ""; {
		n := strings.IndexAny(rest, "*?")
		if n == 0 {
			c := anyOne
			if rest[0] == '*' {
				c = anyRun
			}
			if c == anyRun && len(g) > 0 && g[len(g)-1] == anyRun {
				return nil, invalid("%s has **, which stands for whole segments of namespace and name alone", quoted(s))
			}
			g = append(g, c)
			rest = rest[1:]
			continue
		}
		if n < 0 {
			n = len(rest)
		}
		literal, err := url.PathUnescape(rest[:n])
		if err != nil || !utf8.ValidString(literal) {
			return nil, invalid("%s is not percent-encoded UTF-8", quoted(s))
		}
		if fold != nil {
			literal = fold(literal)
		}
		g = append(g, []rune(literal)...)
		rest = rest[n:]
	}
	return g, nil
}

func setNamespace(u *packageurl.PackageURL) *string { return &u.Namespace }
func setName(u *packageurl.PackageURL) *string      { return &u.Name }
func setVersion(u *packageurl.PackageURL) *string   { return &u.Version }

// folding returns what a component of p's type is put through, as it is for package
// URLs of that type. A type that is left open folds nothing.
func (p *Pattern) folding(component func(*packageurl.PackageURL) *string) func(string) string {
	if p.typ == "*" {
		return nil
	}
	var qualifiers packageurl.Qualifiers
	for _, q := range p.qualifiers {
		qualifiers = append(qualifiers, packageurl.Qualifier{Key: q.key, Value: string(q.value)})
	}
	return func(s string) string {
		u := packageurl.PackageURL{Type: p.typ, Name: "-", Qualifiers: slices.Clone(qualifiers)}
		*component(&u) = s
		// The error is of rules that hold for whole package URLs, such as a namespace that
		// has to be there: they are seen to after the folding, and a pattern has no part in
		// them.
		_ = u.Normalize()
		return *component(&u)
	}
}

func (p *Pattern) canonical() string {
	var b strings.Builder
	b.WriteString(scheme + p.typ)
	for _, s := range p.path {
		switch {
		case s.run:
			b.WriteString("/**")
		case s.one: // the end of "**"
		default:
			b.WriteByte('/')
			s.glob.write(&b)
		}
	}
	if p.version != nil {
		b.WriteByte('@')
		p.version.write(&b)
	}
	for i, q := range p.qualifiers {
		b.WriteByte("?&"[min(i, 1)])
		b.WriteString(q.key)
		b.WriteByte('=')
		q.value.write(&b)
	}
	for i, g := range p.subpath {
		b.WriteByte("#/"[min(i, 1)])
		g.write(&b)
	}
	return b.String()
}

// wildcards counts what p leaves open, "**" as one.
func (p *Pattern) wildcards() int {
	n := 0
	for _, s := range p.path {
		if s.run {
			n++
		}
	}
	for _, g := range p.globs() {
		n += len(g) - g.literals()
	}
	return n
}
