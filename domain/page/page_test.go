package page_test

import (
	"encoding/base64"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/page"
)

func TestCursorNamesItsPlaceInItsList(t *testing.T) {
	t.Parallel()
	key := page.Key{CreatedAt: time.Now().UTC().Truncate(time.Microsecond), ID: uuid.New()}
	r := page.Request{Cursor: page.Encode("a list", key)}
	got, ok, err := r.After("a list")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, key, got)

	key.Text = "https://github.com/acme/é"
	got, _, err = page.Request{Cursor: page.Encode("a list", key)}.After("a list")
	require.NoError(t, err)
	require.Equal(t, key, got)
	for _, text := range []string{"\x00", "\xff"} {
		_, _, err = page.Request{Cursor: page.Encode("a list", page.Key{Text: text})}.After("a list")
		require.ErrorIs(t, err, fault.ErrInvalid)
	}

	_, _, err = r.After("another list")
	require.ErrorIs(t, err, fault.ErrInvalid)
	require.ErrorContains(t, err, "another filter")
}

func TestCursorOfASequence(t *testing.T) {
	t.Parallel()
	for _, seq := range []int64{0, 1, 1<<62 + 7} {
		got, ok, err := page.Request{Cursor: page.EncodeSequence("a list", seq)}.AfterSequence("a list")
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, seq, got)
	}
	_, ok, err := page.Request{}.AfterSequence("a list")
	require.NoError(t, err)
	require.False(t, ok)

	ours := page.Request{Cursor: page.EncodeSequence("a list", 7)}
	_, _, err = ours.AfterSequence("another list")
	require.ErrorContains(t, err, "another filter")
	// The places of two kinds of lists are not each other's.
	_, _, err = ours.After("a list")
	require.ErrorIs(t, err, fault.ErrInvalid)
	_, _, err = page.Request{Cursor: page.Encode("a list", page.Key{})}.AfterSequence("a list")
	require.ErrorIs(t, err, fault.ErrInvalid)
	raw, err := base64.RawURLEncoding.DecodeString(page.Encode("a list", page.Key{}))
	require.NoError(t, err)
	raw[0] = 2
	_, _, err = page.Request{Cursor: base64.RawURLEncoding.EncodeToString(raw)}.After("a list")
	require.ErrorIs(t, err, fault.ErrInvalid, "one place has one cursor")
	for _, cursor := range []string{"A", "Ag", ours.Cursor + "AA", ours.Cursor[:len(ours.Cursor)-2]} {
		_, _, err = page.Request{Cursor: cursor}.AfterSequence("a list")
		require.ErrorIs(t, err, fault.ErrInvalid, cursor)
	}
}

func FuzzCursor(f *testing.F) {
	f.Add(page.Encode("x", page.Key{CreatedAt: time.Unix(0, 0), ID: uuid.Max}))
	f.Add("AQ")
	f.Add("A Q\n")
	f.Fuzz(func(t *testing.T, s string) {
		key, ok, err := page.Request{Cursor: s}.After("x")
		if err != nil {
			require.ErrorIs(t, err, fault.ErrInvalid)
			return
		}
		require.Equal(t, s != "", ok)
		if ok {
			require.Equal(t, s, page.Encode("x", key), "one place has one cursor")
		}
	})
}

func TestLimitIsBounded(t *testing.T) {
	t.Parallel()
	for limit, want := range map[int]int{0: page.DefaultLimit, 1: 1, page.MaxLimit: page.MaxLimit} {
		got, err := page.Request{Limit: limit}.Rows()
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, limit := range []int{-1, page.MaxLimit + 1} {
		_, err := page.Request{Limit: limit}.Rows()
		require.ErrorIs(t, err, fault.ErrInvalid)
	}
}
