package entx

import (
	"encoding/json"
	"fmt"

	"entgo.io/ent/entc/gen"

	"stella-ops.org/attestdb/schema"
)

// AppendOnly reports whether rows of the entity are never updated or deleted.
func AppendOnly(t *gen.Type) bool {
	_, ok := t.Annotations[schema.AppendOnly{}.Name()]
	return ok
}

// TenantKey reports whether the entity belongs to a tenant.
func TenantKey(t *gen.Type) bool {
	_, ok := t.Annotations[schema.TenantKey{}.Name()]
	return ok
}

// SharedKey returns the entity's [schema.SharedKey], nil if it has none.
func SharedKey(t *gen.Type) (*schema.SharedKey, error) {
	return annotation[schema.SharedKey](t.Name, t.Annotations)
}

// NullsNotDistinct returns the entity's [schema.NullsNotDistinct], nil if it has
// none.
func NullsNotDistinct(t *gen.Type) (*schema.NullsNotDistinct, error) {
	return annotation[schema.NullsNotDistinct](t.Name, t.Annotations)
}

// Generated returns the field's [schema.Generated], nil if it has none.
func Generated(f *gen.Field) (*schema.Generated, error) {
	return annotation[schema.Generated](f.Name, f.Annotations)
}

func annotation[T interface{ Name() string }](of string, annotations gen.Annotations) (*T, error) {
	var a T
	raw, ok := annotations[a.Name()]
	if !ok {
		return nil, nil
	}
	// Annotations reach the generator as JSON.
	text, err := json.Marshal(raw)
	if err == nil {
		err = json.Unmarshal(text, &a)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: annotation %s: %w", of, a.Name(), err)
	}
	return &a, nil
}
