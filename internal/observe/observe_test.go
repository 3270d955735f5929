package observe

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/fault"
)

// seam is what a call of a module does to be measured.
func seam(ctx context.Context, o *Observer, id uuid.UUID, at time.Time) (err error) {
	ctx, call := o.Start(ctx, "attestor.find", id)
	defer call.End(&err)
	_, shared := o.StartShared(ctx, "record_shared", id)
	shared.Link(call)
	shared.Set("items", 3)
	shared.End(&err)
	Retried(ctx, errSeam)
	o.Recorded(ctx, id, "evidence", Counts{Given: 1, Fresh: 1}, nil)
	o.Appended(ctx, id, Counts{Given: 1, Existed: 1}, nil)
	o.RecordedTogether(ctx, 3)
	o.AppendedTogether(ctx, 3)
	o.Locked(ctx, at, nil)
	o.Signed(ctx, id, 3, at)
	return nil
}

var errSeam = errors.New("again")

// A call that nobody wants measured allocates nothing for it. Not parallel: allocations
// are the process'.
func TestUnmeasuredCallsCostNothing(t *testing.T) {
	o, err := New(Config{})
	require.NoError(t, err)
	require.Nil(t, o)
	id, at := uuid.New(), time.Now()
	type key struct{}
	ctx := context.WithValue(t.Context(), key{}, 1)
	require.Zero(t, testing.AllocsPerRun(1000, func() { _ = seam(ctx, o, id, at) }))
}

// With a logger alone a call costs one allocation, by which its repetitions know what
// they are of.
func TestLoggedCallsCostOneAllocation(t *testing.T) {
	o, err := New(Config{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	id := uuid.New()
	ctx := t.Context()
	require.LessOrEqual(t, testing.AllocsPerRun(1000, func() {
		var err error
		_, call := o.Start(ctx, "attestor.find", id)
		call.End(&err)
	}), 1.0)
}

// Every sentinel has a name, and no two share one.
func TestEverySentinelHasAName(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "../../domain/fault/fault.go", nil, 0)
	require.NoError(t, err)
	declared := 0
	for _, d := range file.Decls {
		g, is := d.(*ast.GenDecl)
		if !is || g.Tok != token.VAR {
			continue
		}
		for _, spec := range g.Specs {
			if strings.HasPrefix(spec.(*ast.ValueSpec).Names[0].Name, "Err") {
				declared++
			}
		}
	}
	names := map[string]bool{}
	sentinelsOfFault := 0
	for _, s := range sentinels {
		require.False(t, names[s.kind], s.kind)
		names[s.kind] = true
		if !errors.Is(s.err, context.Canceled) && !errors.Is(s.err, context.DeadlineExceeded) && !errors.Is(s.err, errPanic) {
			sentinelsOfFault++
		}
	}
	require.Equal(t, declared, sentinelsOfFault)

	o, err := New(Config{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	joined := fmt.Errorf("append: %w", errors.Join(fault.ErrOutcomeUnknown, context.Canceled))
	require.Equal(t, reason{failed, "outcome_unknown"}, o.reasonOf(joined), "a caller who left does not hide it")
	require.Equal(t, reason{canceled, "canceled"}, o.reasonOf(errors.Join(fault.ErrUnavailable, context.Canceled)))
}
