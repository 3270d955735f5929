package sigstore

import (
	"context"
	"errors"
	"fmt"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/logentry"
)

// verifyLogEntries returns the positions of the entries that a trusted log vouches
// for. sigstore-go is content with as many as the policy asks for: it passes over
// an entry whose promise is forged, hashes for Rekor v2 an entry that it derives
// from the envelope, and looks at neither that entry's own body nor the proof's
// own size, root and index. Whoever reads an entry of verified evidence expects it
// to be true. So every entry of a trusted log must verify by itself, as it stands;
// one of another log is left out.
func verifyLogEntries(ctx context.Context, v *LogVerifier, ev *attestor.Evidence) ([]int, error) {
	var verified []int
	for i := range ev.LogEntries {
		err := v.VerifyEntry(ctx, &ev.LogEntries[i])
		var failure *logentry.Failure
		switch {
		case err == nil:
			verified = append(verified, i)
		case errors.As(err, &failure) && failure.Reason == unknownLog:
		default:
			return nil, fmt.Errorf("transparency log entry %d: %w", i, err)
		}
	}
	return verified, nil
}
