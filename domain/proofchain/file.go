package proofchain

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
)

// Format is what a file of this version says it is.
const Format = "attestdb proof chain v1"

// MaxFileSize is the largest file, in bytes.
const MaxFileSize = 512 << 20

// File is a chain as it travels: one JSON object with the root and, for every
// segment, the bytes that its digest is of. It names no tenant.
type File struct {
	// Chain is what the root is said to be of. Its Segments are in the order of
	// the file, which of a right file is that of the leaves.
	Chain
	// Root is the root that the file states. [File.Verify] says whether it is.
	Root digest.SHA256
	// CreatedAt is when the chain was assembled, to the microsecond, as whoever
	// wrote the file says: the root does not cover it.
	CreatedAt time.Time
	// Contents has the bytes of each of the Segments, nil where the file has none.
	Contents [][]byte
}

// The members of the JSON objects, in their order.
type (
	fileJSON struct {
		Format        string          `json:"format"`
		Subject       string          `json:"subject"`
		PolicyVersion string          `json:"policy_version"`
		Supersedes    *string         `json:"supersedes"`
		Root          string          `json:"root"`
		CreatedAt     time.Time       `json:"created_at"`
		Segments      json.RawMessage `json:"segments"`
	}
	segmentJSON struct {
		Kind    Kind   `json:"kind"`
		Digest  string `json:"digest"`
		Content []byte `json:"content"`
	}
)

func newFileJSON(f *File) fileJSON {
	head := fileJSON{
		Format: Format, Subject: f.Subject.String(), PolicyVersion: f.PolicyVersion,
		Root: "sha256:" + f.Root.String(), CreatedAt: f.CreatedAt.UTC(), Segments: json.RawMessage("[]"),
	}
	if f.Supersedes != nil {
		head.Supersedes = new("sha256:" + f.Supersedes.String())
	}
	return head
}

// encode is json.Marshal without its escapes for HTML.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// Writer writes a file segment by segment, so that no more than one content is
// held. Nothing that it writes is a whole file before Close.
type Writer struct {
	w     io.Writer
	any   bool
	left  int64
	error error
}

// NewWriter begins a file with everything of f but its segments and contents.
func NewWriter(w io.Writer, f *File) *Writer {
	fw := &Writer{w: w, left: MaxFileSize}
	head, err := encode(newFileJSON(f))
	fw.error = err
	fw.write(bytes.TrimSuffix(head, []byte("]}")))
	return fw
}

// Add writes the next segment with its content, nil if it is missing.
func (w *Writer) Add(s Segment, content []byte) error {
	if w.any {
		w.write([]byte(","))
	}
	w.any = true
	if int64(base64.StdEncoding.EncodedLen(len(content))) > w.left {
		w.error = errors.Join(w.error, tooLarge())
		return w.error
	}
	b, err := encode(segmentJSON{s.Kind, "sha256:" + s.Digest.String(), content})
	w.error = errors.Join(w.error, err)
	w.write(b)
	return w.error
}

// Close ends the file. It returns the first error of all, a *[fault.Invalid] for
// a file that became larger than [MaxFileSize].
func (w *Writer) Close() error {
	w.write([]byte("]}\n"))
	return w.error
}

func (w *Writer) write(b []byte) {
	if w.error == nil && int64(len(b)) > w.left {
		w.error = tooLarge()
	}
	if w.error == nil {
		w.left -= int64(len(b))
		_, w.error = w.w.Write(b)
	}
}

func tooLarge() error {
	return &fault.Invalid{Field: "segments", Allowed: fmt.Sprintf("contents that make a file of at most %d bytes", MaxFileSize), Problem: "they make a larger one"}
}

// ReadFile reads a file that [Writer] wrote. White space between values may have
// changed, nothing else: a member more, one twice, in another order or in another
// spelling is a *[fault.Invalid], since two readers could take it for two things.
// Whether the file proves what it says is for [File.Verify] to tell.
func ReadFile(raw []byte) (*File, error) {
	if len(raw) > MaxFileSize {
		return nil, &fault.Invalid{Field: "file", Allowed: fmt.Sprintf("at most %d bytes", MaxFileSize), Problem: fmt.Sprintf("it has %d", len(raw))}
	}
	var head fileJSON
	var segments []segmentJSON
	if err := decode("file", raw, &head); err != nil {
		return nil, err
	}
	if head.Format != Format {
		return nil, &fault.Invalid{Field: "format", Allowed: fmt.Sprintf("%q", Format), Problem: fmt.Sprintf("it is %.60q", head.Format)}
	}
	if err := decode("segments", head.Segments, &segments); err != nil {
		return nil, err
	}
	f, err := newFile(head, segments)
	if err != nil {
		return nil, err
	}
	return f, f.sameAs(raw)
}

func decode(field string, raw []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		// Its messages quote names of the input, which may be long.
		return &fault.Invalid{Field: field, Allowed: "a proof chain's file", Problem: fmt.Sprintf("%.200s", strings.TrimPrefix(err.Error(), "json: "))}
	}
	if rest := bytes.TrimLeft(raw[d.InputOffset():], " \t\r\n"); len(rest) > 0 {
		return &fault.Invalid{Field: field, Allowed: "one JSON value", Problem: "something follows it"}
	}
	return nil
}

func newFile(head fileJSON, segments []segmentJSON) (*File, error) {
	f := &File{CreatedAt: head.CreatedAt}
	f.PolicyVersion = head.PolicyVersion
	var err error
	if f.Subject, err = digest.Parse(head.Subject); err != nil {
		return nil, at("subject", err)
	}
	if err := CheckPolicyVersion(f.PolicyVersion); err != nil {
		return nil, err
	}
	if f.Root, err = digest.ParseSHA256(head.Root); err != nil {
		return nil, at("root", err)
	}
	if head.Supersedes != nil {
		sum, err := digest.ParseSHA256(*head.Supersedes)
		if err != nil {
			return nil, at("supersedes", err)
		}
		f.Supersedes = &sum
	}
	if y := f.CreatedAt.UTC().Year(); y < 1 || y > 9999 {
		return nil, &fault.Invalid{Field: "created_at", Allowed: "a time of the years 1 to 9999, in UTC"}
	}
	if n := len(segments); n > MaxSegments {
		return nil, &fault.Invalid{Field: "segments", Allowed: fmt.Sprintf("1 to %d segments", MaxSegments), Problem: fmt.Sprintf("there are %d", n)}
	}
	for i, s := range segments {
		sum, err := digest.ParseSHA256(s.Digest)
		if err != nil {
			return nil, at(fmt.Sprintf("segments[%d].digest", i), err)
		}
		if !slices.Contains(Kinds, s.Kind) {
			return nil, &fault.Invalid{Field: fmt.Sprintf("segments[%d].kind", i), Allowed: "sbom, evidence, reasoning, vex or verdict", Problem: fmt.Sprintf("it is %.40q", s.Kind)}
		}
		f.Segments = append(f.Segments, Segment{s.Kind, sum})
		f.Contents = append(f.Contents, s.Content)
	}
	return f, nil
}

// at gives err the path of the value in the file.
func at(field string, err error) error {
	if invalid, ok := errors.AsType[*fault.Invalid](err); ok {
		return &fault.Invalid{Field: field, Allowed: invalid.Allowed, Problem: invalid.Problem}
	}
	return err
}

// sameAs says whether raw is how [Writer] writes f, white space aside.
func (f *File) sameAs(raw []byte) error {
	var got bytes.Buffer
	got.Grow(len(raw))
	if err := json.Compact(&got, raw); err != nil {
		return &fault.Invalid{Field: "file", Allowed: "JSON", Problem: err.Error()}
	}
	var want bytes.Buffer
	want.Grow(len(raw))
	w := NewWriter(&want, f)
	for i, s := range f.Segments {
		if err := w.Add(s, f.Contents[i]); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	a, b := got.Bytes(), bytes.TrimSuffix(want.Bytes(), []byte("\n"))
	if bytes.Equal(a, b) {
		return nil
	}
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return &fault.Invalid{
		Field:   "file",
		Allowed: "each member once, in the order and the spelling of the format",
		Problem: fmt.Sprintf("behind %.60q it goes on with %.30q instead of %.30q", a[max(0, i-30):i], a[i:min(len(a), i+30)], b[i:min(len(b), i+30)]),
	}
}

// Verify recomputes every digest and the root, and returns what is wrong, in the
// order of the segments, then the root; nothing if the file proves what it says.
//
// What the bytes mean it does not ask: whether evidence is signed, by whom, and
// whether it is about the subject. attestor.VerifyChainFile asks the last.
func (f *File) Verify() []Finding {
	var findings []Finding
	for i, s := range f.Segments {
		findings = append(findings, VerifyContent(i, s, f.Contents[i])...)
	}
	return append(findings, f.VerifyRoot(f.Root)...)
}

// VerifyContent says whether content, nil if there is none, is what the segment
// at a position is the digest of.
func VerifyContent(position int, s Segment, content []byte) []Finding {
	switch sum := digest.Sum(content); {
	case content == nil:
		return []Finding{{position, s.Kind, s.Digest, Missing, "its content is not there"}}
	case sum != s.Digest:
		return []Finding{{position, s.Kind, s.Digest, WrongDigest, "the content has sha256:" + sum.String()}}
	}
	return nil
}

// VerifyRoot says whether root is that of c, whose segments must stand in their
// order.
func (c Chain) VerifyRoot(root digest.SHA256) []Finding {
	var findings []Finding
	for i, s := range c.Segments {
		switch {
		case !slices.Contains(Kinds, s.Kind):
			findings = append(findings, Finding{i, s.Kind, s.Digest, Misplaced, "there is no such kind"})
		case i > 0 && c.Segments[i-1].Compare(s) == 0:
			findings = append(findings, Finding{i, s.Kind, s.Digest, Misplaced, "it is there twice"})
		case i > 0 && c.Segments[i-1].Compare(s) > 0:
			findings = append(findings, Finding{i, s.Kind, s.Digest, Misplaced, "it belongs before the one in front of it"})
		}
	}
	have, err := c.Root()
	switch {
	case err != nil:
		findings = append(findings, Finding{Position: WholeChain, Problem: RootDiffers, Detail: err.Error()})
	case have != root:
		findings = append(findings, Finding{Position: WholeChain, Problem: RootDiffers, Detail: "stated is sha256:" + root.String() + ", computed sha256:" + have.String()})
	}
	return findings
}
