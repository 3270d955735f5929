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
	// Annotations reach the generator as JSON.
	text, err := json.Marshal(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: annotation SharedKey: %w", t.Name, err)
	}
	var key schema.SharedKey
	if err := json.Unmarshal(text, &key); err != nil {
		return nil, fmt.Errorf("%s: annotation SharedKey: %w", t.Name, err)
	}
	return &key, nil
}
