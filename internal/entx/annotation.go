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
	raw, ok := t.Annotations[schema.SharedKey{}.Name()]
	if !ok {
		return nil, nil
	}
	key, err := decode[schema.SharedKey](raw)
	if err != nil {
		return nil, fmt.Errorf("%s: annotation SharedKey: %w", t.Name, err)
	}
	return key, nil
}

// Generated returns the field's [schema.Generated], nil if it has none.
func Generated(f *gen.Field) (*schema.Generated, error) {
	raw, ok := f.Annotations[schema.Generated{}.Name()]
	if !ok {
		return nil, nil
	}
	g, err := decode[schema.Generated](raw)
	if err != nil {
		return nil, fmt.Errorf("field %s: annotation Generated: %w", f.Name, err)
	}
	return g, nil
}

// decode reads an annotation, which reaches the generator as JSON.
func decode[T any](raw any) (*T, error) {
	text, err := json.Marshal(raw)
	if err != nil {
		return nil, err
	}
	v := new(T)
	return v, json.Unmarshal(text, v)
}
