package main

import (
	"context"
	"fmt"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/verdict"
)

// decide appends a decision.
func decide(ctx context.Context, tenant *attestdb.TenantDB) {
	subject, err := digest.New("sha256", fmt.Sprintf("%x", random(32)))
	if err != nil {
		say("failed digest %v", err)
		return
	}
	appended, err := tenant.Verdict().Append(ctx, verdict.Decision{
		Subject: verdict.Subject{Digest: subject}, Result: verdict.Pass, Policy: verdict.Policy{URI: "https://example.com/old"},
	})
	if err != nil {
		say("failed append %v", err)
		return
	}
	say("appended %s", appended.ID)
}
