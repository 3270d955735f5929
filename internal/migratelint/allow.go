package migratelint

import (
	"fmt"
	"regexp"
	"strings"
)

var allowComment = regexp.MustCompile(`(?m)^[ \t]*--[ \t]*attestdb:allow\b[ \t]*(\S*)[ \t]*(.*?)[ \t]*$`)

// permit is an attestdb:allow comment.
type permit struct {
	file         *file
	line         int // of the comment
	stmtLine     int // of the statement that it stands above, or in; 0: none
	code, reason string
	used         bool
}

// permits reads the comments of a file. A comment belongs to the statement
// that it stands in, else to the next one.
func permits(f *file) []*permit {
	src := string(f.Bytes())
	var all []*permit
	for _, m := range allowComment.FindAllStringSubmatchIndex(src, -1) {
		p := &permit{file: f, line: f.lineAt(m[0]), code: src[m[2]:m[3]], reason: src[m[4]:m[5]]}
		for _, s := range f.stmts {
			if m[0] < s.Pos+len(s.Text) {
				p.stmtLine = f.lineAt(s.Pos)
				break
			}
		}
		all = append(all, p)
	}
	return all
}

// allow gives the findings the reasons of the comments that allow them, and
// adds a finding for each comment that has no reason or allows nothing.
func allow(findings []Finding, files []*file) []Finding {
	var all []*permit
	for _, f := range files {
		all = append(all, permits(f)...)
	}
	for i := range findings {
		f := &findings[i]
		for _, p := range all {
			if p.file.module == f.Module && p.file.Name() == f.File && p.stmtLine == f.Line && p.code == f.Code && p.reason != "" {
				f.Allowed, p.used = p.reason, true
			}
		}
	}
	for _, p := range all {
		if p.used {
			continue
		}
		text := fmt.Sprintf("the comment allows %s, which nothing here needs: remove it", p.code)
		if p.reason == "" {
			text = "the comment gives no reason: write -- attestdb:allow CODE reason"
		}
		findings = append(findings, Finding{
			Module: p.file.module, File: p.file.Name(), Line: p.line,
			Code: "ML001", Text: strings.TrimSpace(text),
		})
	}
	return findings
}
