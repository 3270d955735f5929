package attestor

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"stella-ops.org/attestdb/domain/fault"
)

// Lines yields the evidence in r, one piece a line, without the line's end; blank
// lines are passed over. Names are name and the line's number, from 1. A line that is longer than
// [MaxContentSize] is yielded with an error, as is what r fails with, after which
// nothing follows.
func Lines(name string, r io.Reader) iter.Seq[Source] {
	return linesFrom(1, name, bufio.NewReaderSize(r, 1<<16))
}

func linesFrom(n int, name string, br *bufio.Reader) iter.Seq[Source] {
	return func(yield func(Source) bool) {
		for ; ; n++ {
			line, long, err := readLine(br)
			s := Source{Name: fmt.Sprintf("%s:%d", name, n)}
			switch {
			case err != nil && !errors.Is(err, io.EOF):
				s.Err = cause(err)
				yield(s)
				return
			case long:
				s.Err = tooLong()
			default:
				s.Raw = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
			}
			if (long || len(bytes.TrimSpace(line)) > 0) && !yield(s) || err != nil {
				return
			}
		}
	}
}

// Documents yields the evidence in r: one document, or one a line as in [Lines]. Tools
// write attestations in both forms, and say nowhere in which. One document is all bytes
// of r, blank lines and its last line's end included. It is one a line if more follows
// on the first line that is not blank, and either that line is a document by itself, or
// the whole is none, but one of its lines is a JSON object from its first character on:
// a broken line keeps no other one out.
//
// What has more bytes than [MaxContentSize] is no one document. It is taken line by line
// as well, unless it may be the beginning of a document that is too large.
func Documents(name string, r io.Reader) iter.Seq[Source] {
	return func(yield func(Source) bool) {
		br := bufio.NewReaderSize(r, 1<<16)
		all := func(held []byte) io.Reader { return io.MultiReader(bytes.NewReader(held), br) }
		held, first, n, err := firstLine(br)
		var more bool
		if err == nil {
			more, err = follows(br)
		} else if errors.Is(err, io.EOF) {
			err = nil
		}
		switch {
		case err != nil:
			yield(Source{Name: name, Err: cause(err)})
		case first == nil && !more:
			yield(Source{Name: name, Err: tooLong()})
		case first == nil:
			if held != nil || yield(Source{Name: fmt.Sprintf("%s:%d", name, n), Err: tooLong()}) {
				linesFrom(n+1, name, br)(yield)
			}
		case json.Valid(first) && more:
			Lines(name, all(held))(yield)
		case json.Valid(first):
			yield(Source{Name: name, Raw: held})
		default:
			whole, err := readAtMost(all(held))
			if err == nil && lineByLine(whole) {
				Lines(name, all(whole))(yield)
				return
			}
			yield(Source{Name: name, Raw: whole, Err: cause(err)})
		}
	}
}

// firstLine reads the first line that is not blank, the nth; held has the blank ones
// before it, too. Both are nil if the line is too long. If there are more blank lines than
// a document may have, held has those, and first is nil.
func firstLine(br *bufio.Reader) (held, first []byte, n int, err error) {
	for n = 1; ; n++ {
		line, long, err := readLine(br)
		held = append(held, line...)
		blank := len(bytes.TrimSpace(line)) == 0
		switch {
		case long:
			return nil, nil, n, err
		case blank && len(held) > MaxContentSize:
			return held, nil, n, err
		case err != nil, !blank:
			return held, append([]byte{}, line...), n, err
		}
	}
}

// follows reports whether there is anything more to read.
func follows(br *bufio.Reader) (bool, error) {
	_, err := br.Peek(1)
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	return err == nil, err
}

// lineByLine reports whether text whose first line is no document has one on a line
// behind it. A document that is wrapped has its objects' lines indented, or ending in a
// comma. Text that is longer than [MaxContentSize] is cut behind that.
func lineByLine(text []byte) bool {
	large := len(text) > MaxContentSize
	for line := range bytes.Lines(text) {
		if line[0] == '{' && json.Valid(line) {
			return large || !json.Valid(text)
		}
	}
	var document json.RawMessage
	_, broken := errors.AsType[*json.SyntaxError](json.NewDecoder(bytes.NewReader(text)).Decode(&document))
	return large && broken
}

// readLine reads a line with its end. One that is too long is read to its end
// and not kept.
func readLine(r *bufio.Reader) (line []byte, long bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if long = long || len(line)+len(part) > MaxContentSize+1; long {
			line = nil
		} else {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, long, err
		}
	}
}

// readAtMost reads one byte more than may be, for [Parse] to say so.
func readAtMost(r io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxContentSize+1))
	if err != nil {
		return nil, err
	}
	return raw, nil
}

func tooLong() error {
	return &fault.Invalid{Field: "evidence", Allowed: fmt.Sprintf("at most %d bytes", MaxContentSize), Problem: "it has more"}
}
