package attestor

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
)

// The types of in-toto Statements that are read.
const (
	StatementTypeV01 = "https://in-toto.io/Statement/v0.1"
	StatementTypeV1  = "https://in-toto.io/Statement/v1"
)

// Statement is an in-toto Statement: what is said (the predicate) of which
// artifacts (the subjects).
//
// https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
type Statement struct {
	// Type is StatementTypeV01 or StatementTypeV1 (_type in JSON).
	Type string
	// PredicateType is the URI of the predicate's type, never empty.
	PredicateType string
	// Subject has at least one element, in the order of the Statement.
	Subject []Subject
	// Predicate is the predicate's JSON object as it stands in the payload, nil
	// when it is absent or null.
	Predicate json.RawMessage
}

// Subject is an artifact that a Statement speaks of. Artifacts are matched by
// digest alone; the name is for people.
type Subject struct {
	// Name may be empty.
	Name string
	// Digest has at least one element, sorted by algorithm, each once.
	Digest []digest.Digest
}

// readStatement reads the Statement payload; path is where payload stands.
func readStatement(path string, payload []byte) (*Statement, error) {
	if err := checkJSON(path, payload); err != nil {
		return nil, err
	}
	fields, err := readObject(path, skipSpace(payload), "_type", "subject", "predicateType", "predicate")
	if err != nil {
		return nil, err
	}
	var st Statement
	typePath := memberPath(path, "_type")
	if st.Type, err = readText(typePath, fields["_type"], MaxTextLength); err != nil {
		return nil, err
	}
	if st.Type != StatementTypeV01 && st.Type != StatementTypeV1 {
		return nil, &fault.Invalid{Field: typePath, Allowed: StatementTypeV01 + " or " + StatementTypeV1, Problem: fmt.Sprintf("it is %.100q", st.Type)}
	}
	st.PredicateType, err = readRequiredText(memberPath(path, "predicateType"), fields["predicateType"], MaxTextLength)
	if err != nil {
		return nil, err
	}
	if st.Subject, err = readSubjects(memberPath(path, "subject"), fields["subject"]); err != nil {
		return nil, err
	}
	if predicate := fields["predicate"]; predicate != nil && predicate[0] != 'n' {
		if predicate[0] != '{' {
			return nil, wrongKind(memberPath(path, "predicate"), "an object", predicate)
		}
		st.Predicate = json.RawMessage(predicate)
	}
	return &st, nil
}

func readSubjects(path string, value []byte) ([]Subject, error) {
	if value == nil {
		return nil, missing(path, "at least one subject")
	}
	var subjects []Subject
	err := eachElement(path, value, func(i int, v []byte) error {
		if i == MaxSubjects {
			return &fault.Invalid{Field: path, Allowed: fmt.Sprintf("at most %d subjects", MaxSubjects), Problem: "there are more"}
		}
		subject, err := readSubject(elementPath(path, i), v)
		subjects = append(subjects, subject)
		return err
	})
	if err == nil && len(subjects) == 0 {
		err = &fault.Invalid{Field: path, Allowed: "at least one subject", Problem: "there is none"}
	}
	return subjects, err
}

func readSubject(path string, value []byte) (Subject, error) {
	var s Subject
	fields, err := readObject(path, value, "name", "digest")
	if err != nil {
		return s, err
	}
	if name, ok := fields["name"]; ok {
		if s.Name, err = readText(memberPath(path, "name"), name, MaxTextLength); err != nil {
			return s, err
		}
	}
	digestPath := memberPath(path, "digest")
	if fields["digest"] == nil {
		return s, missing(digestPath, "at least one digest")
	}
	err = eachMember(digestPath, fields["digest"], func(algorithm string, v []byte) error {
		if len(s.Digest) == MaxSubjectDigests {
			return &fault.Invalid{Field: digestPath, Allowed: fmt.Sprintf("at most %d digests", MaxSubjectDigests), Problem: "there are more"}
		}
		d, err := readDigest(memberPath(digestPath, algorithm), algorithm, v)
		s.Digest = append(s.Digest, d)
		return err
	})
	if err == nil && len(s.Digest) == 0 {
		err = &fault.Invalid{Field: digestPath, Allowed: "at least one digest", Problem: "there is none"}
	}
	slices.SortFunc(s.Digest, func(a, b digest.Digest) int { return strings.Compare(a.Algorithm(), b.Algorithm()) })
	return s, err
}

func readDigest(path, algorithm string, value []byte) (digest.Digest, error) {
	encoded, err := readText(path, value, MaxTextLength)
	if err != nil {
		return digest.Digest{}, err
	}
	d, err := digest.New(algorithm, encoded)
	if invalid := (*fault.Invalid)(nil); errors.As(err, &invalid) {
		return d, &fault.Invalid{Field: path, Allowed: invalid.Allowed, Problem: invalid.Problem}
	}
	return d, err
}
