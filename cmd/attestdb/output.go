package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
	"unicode/utf8"
)

// printJSON writes v as one line.
func (a *app) printJSON(v any) error {
	e := json.NewEncoder(a.stdout)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// printf writes text that may hold what evidence says.
func (a *app) printf(format string, args ...any) {
	fmt.Fprint(a.stdout, clean(fmt.Sprintf(format, args...)))
}

// table writes rows of cells in aligned columns.
type table struct{ w *tabwriter.Writer }

func newTable(w io.Writer) *table {
	return &table{tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)}
}

// row writes one row. Empty cells are "-", so that columns can be counted.
func (t *table) row(cells ...string) {
	shown := make([]string, len(cells))
	for i, c := range cells {
		if c == "" {
			c = "-"
		}
		shown[i] = strings.NewReplacer("\t", `\t`, "\n", `\n`).Replace(clean(c))
	}
	fmt.Fprintln(t.w, strings.Join(shown, "\t"))
}

func (t *table) flush() error { return t.w.Flush() }

// clean escapes what could steer a terminal or reorder its text: evidence is
// written by strangers.
func clean(s string) string {
	ok := utf8.ValidString(s) && strings.IndexFunc(s, hidden) < 0
	if ok {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case hidden(r):
			q := strconv.QuoteRuneToASCII(r)
			b.WriteString(q[1 : len(q)-1])
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// oneLine keeps text that may hold what evidence says on one line.
func oneLine(s string) string { return strings.ReplaceAll(s, "\n", `\n`) }

func hidden(r rune) bool {
	return r != '\n' && r != '\t' && !unicode.IsPrint(r)
}

func timestamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// optionalTime is null in JSON for the zero time.
func optionalTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// optionalText is null in JSON for "", as in SQL.
func optionalText[T ~string](s T) *string {
	if s == "" {
		return nil
	}
	text := string(s)
	return &text
}

// progress is a bar on a terminal's last line, and nothing elsewhere. Where the
// total is not known, 0, it is a count.
type progress struct {
	w     io.Writer
	total int
}

func (a *app) progress(total int) *progress {
	if !onTerminal(a.stderr) {
		return &progress{}
	}
	return &progress{w: a.stderr, total: total}
}

// at shows that n of the total are done, and what is at hand.
func (p *progress) at(n int, next string) {
	if p.w == nil || p.total == 1 {
		return
	}
	next = clean(next)
	if r := []rune(next); len(r) > 36 {
		next = "…" + string(r[len(r)-35:])
	}
	if p.total == 0 {
		fmt.Fprintf(p.w, "\r\x1b[K%d done %s", n, next)
		return
	}
	const width = 24
	done := min(n, p.total) * width / p.total
	fmt.Fprintf(p.w, "\r\x1b[K[%s%s] %d/%d %s", strings.Repeat("=", done), strings.Repeat(" ", width-done), n, p.total, next)
}

// of shows that n of a total are done that was not known before.
func (p *progress) of(n, total int) {
	p.total = total
	p.at(n, "")
}

// clear removes the bar, before other lines are written.
func (p *progress) clear() {
	if p.w != nil && p.total != 1 {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
