package durable

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/hint"
	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab/recipe"
)

// logged returns the bytes of a log with these groups, and where each of them begins.
func logged(t testing.TB, groups ...[]string) (data []byte, begin []int) {
	t.Helper()
	d := formatted(t, 1, small)
	var h header
	require.NoError(t, h.decode(d.cache))
	data = bytes.Clone(d.cache)
	next := 0
	for _, users := range groups {
		begin = append(begin, len(data))
		g := newGroup(next)
		for _, user := range users {
			g.add(user)
		}
		next += len(users)
		data = append(data, g.encode(h.secret())...)
	}
	return data, begin
}

var three = [][]string{{"a", "b"}, {"c"}, {"somebody", "else", "and", "others", "who make the group longer than a sector"}}

// TestTornTail holds that a last group which is not whole, wherever it ends and whichever byte
// of it is wrong, is as if it had never been written, and that the place is used again.
func TestTornTail(t *testing.T) {
	whole, begin := logged(t, three...)
	last := begin[len(begin)-1]
	torn := func(name string, data []byte) {
		d := newDisk(1, data)
		l := opened(t, d, small)
		require.Len(t, l.Grants(), 3, name)
		require.Len(t, d.platter, last, name)
		g, err := l.Grab(t.Context(), "else")
		require.NoError(t, err)
		require.False(t, g.Again)
		require.Equal(t, 3, g.Index)
		d.restart(true)
		require.Len(t, opened(t, d, small).Grants(), 4)
	}
	for size := last; size < len(whole); size++ {
		torn(fmt.Sprint("cut off at ", size), whole[:size])
		zeros := append(bytes.Clone(whole[:size]), make([]byte, len(whole)-size)...)
		torn(fmt.Sprint("zeros from ", size), zeros)
		missing := bytes.Clone(whole)
		clear(missing[last:min(size+1, len(whole))])
		torn(fmt.Sprint("zeros up to ", size), missing)
		for bit := range 8 {
			flipped := bytes.Clone(whole)
			flipped[size] ^= 1 << bit
			torn(fmt.Sprint("bit ", bit, " of ", size), flipped)
		}
	}
	require.Len(t, opened(t, newDisk(1, whole), small).Grants(), 8, "the control")
}

// TestDamage holds that a byte which is wrong before the last group is an error, and is not
// taken for the end.
func TestDamage(t *testing.T) {
	whole, begin := logged(t, three...)
	for at := range begin[len(begin)-1] {
		damaged := bytes.Clone(whole)
		damaged[at] ^= 1 << (at % 8)
		d := newDisk(1, damaged)
		_, err := recoverLog(d, recipe.Wish{Params: small})
		switch {
		case at < len(magic):
			require.ErrorIs(t, err, ErrOther)
		default:
			require.ErrorIs(t, err, ErrDamaged, "byte %d", at)
		}
		require.Equal(t, damaged, d.platter, "nothing is repaired")
		if at >= begin[0] {
			require.Contains(t, hint.Of(err), "grants before it are whole")
		}
	}
	for size := range headerSize {
		_, err := recoverLog(newDisk(1, whole[:size]), recipe.Wish{Params: small})
		require.Error(t, err)
		if size >= int64(len(magic)) {
			require.ErrorIs(t, err, ErrDamaged)
		}
	}
	long := append(bytes.Clone(whole), bytes.Repeat([]byte{1}, maxFrame+1)...)
	_, err := recoverLog(newDisk(1, long), recipe.Wish{Params: small})
	require.ErrorIs(t, err, ErrDamaged, "no group is that long")
	_, err = recoverLog(newDisk(1, long[:len(long)-1]), recipe.Wish{Params: small})
	require.NoError(t, err)
}

// TestUnreadable holds that what cannot be read is not taken for what is not there, and is not
// cut off.
func TestUnreadable(t *testing.T) {
	whole, begin := logged(t, three...)
	for _, at := range append(begin, 1) {
		d := newDisk(1, whole)
		d.unreadable = int64(at)
		_, err := recoverLog(d, recipe.Wish{Params: small})
		require.ErrorIs(t, err, syscall.EIO)
		require.Equal(t, whole, d.platter)
	}
}

// TestImpossible is groups whose checksums are right and which cannot be.
func TestImpossible(t *testing.T) {
	many := make([]string, small.N+1)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	for want, groups := range map[string][][]string{
		`"a" is there twice`:                 {{"a"}, {"b", "a"}},
		"there are more grants than packets": {many},
	} {
		data, _ := logged(t, groups...)
		_, err := recoverLog(newDisk(1, data), recipe.Wish{Params: small})
		require.ErrorIs(t, err, ErrDamaged)
		require.ErrorContains(t, err, want)
	}
	data, begin := logged(t, three...)
	without := slices.Concat(data[:begin[1]], data[begin[2]:])
	_, err := recoverLog(newDisk(1, without), recipe.Wish{Params: small})
	require.ErrorIs(t, err, ErrDamaged)
	require.ErrorContains(t, err, "after 2 grants comes number 3")

	var h header
	require.NoError(t, h.decode(data))
	frame := append(make([]byte, headSize), 200, 1, 'a') // a name that should have 200 bytes
	binary.LittleEndian.PutUint32(frame[4:], 3)
	binary.LittleEndian.PutUint32(frame, crc32.Update(h.secret(), castagnoli, frame[4:]))
	_, err = recoverLog(newDisk(1, append(data[:begin[0]:begin[0]], frame...)), recipe.Wish{Params: small})
	require.ErrorContains(t, err, "a name is longer than its group")
}

// TestSecret holds that each log has a secret of its own. The checksum of a whole header, its own
// checksum included, is the control: that is the same for all.
func TestSecret(t *testing.T) {
	secrets, wholes := make(map[uint32]bool), make(map[uint32]bool)
	for seed := range uint64(50) {
		var h header
		require.NoError(t, h.decode(formatted(t, seed, small).cache))
		secrets[h.secret()] = true
		wholes[crc32.Checksum(h.encode(), castagnoli)] = true
	}
	require.Len(t, secrets, 50)
	require.Len(t, wholes, 1)
}

// TestNamesAreNoFrames holds that who knows the form of the file, and chooses his name so, cannot
// make a torn tail look as though something came after it, not even with the secret of another log.
// The control is a name in which the secret went.
func TestNamesAreNoFrames(t *testing.T) {
	data, _ := logged(t)
	var h, other header
	require.NoError(t, h.decode(data))
	require.NoError(t, other.decode(formatted(t, 2, small).cache))
	for _, name := range []struct {
		secret uint32
		fools  bool
	}{
		{0, false},
		{crc32.Checksum(h.encode(), castagnoli), false},
		{other.secret(), false},
		{h.secret(), true},
	} {
		inner := newGroup(5)
		inner.add("x")
		whole, begin := logged(t, []string{string(inner.encode(name.secret))})
		whole[begin[0]] ^= 1
		_, err := recoverLog(newDisk(1, whole), recipe.Wish{Params: small})
		if name.fools {
			require.ErrorIs(t, err, ErrDamaged)
		} else {
			require.NoError(t, err)
		}
	}
}

// TestOthersFrames holds that groups of another log, which a file system may leave behind at the end
// of this one, are not believed.
func TestOthersFrames(t *testing.T) {
	data, _ := logged(t)
	var other header
	require.NoError(t, other.decode(formatted(t, 2, small).cache))
	g := newGroup(0)
	g.add("somebody of the other log")
	l := opened(t, newDisk(1, append(data, g.encode(other.secret())...)), small)
	require.Equal(t, small.N, l.Left())
}

// TestOther is files that are whole and hold something else than is asked for.
func TestOther(t *testing.T) {
	var h header
	plain, _ := logged(t)
	require.NoError(t, h.decode(plain))
	seed := recipe.Seed{77}
	other := small
	other.Sum++
	for want, c := range map[string]struct {
		header func(*layout)
		want   recipe.Wish
	}{
		"it has format 1, and this program knows format 2":                  {func(l *layout) { l.Format = 1 }, recipe.Wish{Params: small}},
		"drawn by version 99 of the stream":                                 {func(l *layout) { l.Stream = 99 }, recipe.Wish{Params: small}},
		`unknown method "none"`:                                             {func(l *layout) { l.Method = [28]byte{'n', 'o', 'n', 'e'} }, recipe.Wish{Params: small}},
		"splits 1200 into 60 parts of 1..90, and not 1201 into 60 of 1..90": {func(*layout) {}, recipe.Wish{Params: other}},
		"it is split by uniform, and not by":                                {func(*layout) {}, recipe.Wish{Params: small, Method: 200}},
		"it has another seed":                                               {func(*layout) {}, recipe.Wish{Params: small, Seed: &seed}},
	} {
		var raw layout
		_, err := binary.Decode(plain, binary.LittleEndian, &raw)
		require.NoError(t, err)
		c.header(&raw)
		data, err := binary.Append(nil, binary.LittleEndian, raw)
		require.NoError(t, err)
		binary.LittleEndian.PutUint32(data[len(data)-4:], crc32.Checksum(data[:len(data)-4], castagnoli))
		_, err = recoverLog(newDisk(1, data), c.want)
		require.ErrorIs(t, err, ErrOther)
		require.ErrorContains(t, err, want)
	}

	text := filepath.Join(t.TempDir(), "notes")
	require.NoError(t, os.WriteFile(text, []byte("do not lose me"), 0o600))
	_, err := Open(text, small)
	require.ErrorIs(t, err, ErrOther)
	left, err := os.ReadFile(text)
	require.NoError(t, err)
	require.Equal(t, "do not lose me", string(left))
}

// TestDrift holds that amounts which do not come out of the seed again are noticed: somebody has
// been told the old ones.
func TestDrift(t *testing.T) {
	var h header
	plain, _ := logged(t, three...)
	require.NoError(t, h.decode(plain))
	h.Digest++
	_, err := recoverLog(newDisk(1, h.encode()), recipe.Wish{Params: small})
	require.ErrorIs(t, err, recipe.ErrDrifted)
}

func TestMethodNamesFit(t *testing.T) {
	for _, name := range redpacket.Methods() {
		require.LessOrEqual(t, len(name), len(layout{}.Method))
	}
}

// FuzzRecover holds that whatever is in a file, Open believes only what can be, and leaves a file
// that it believes again.
func FuzzRecover(f *testing.F) {
	whole, begin := logged(f, three...)
	for _, at := range append(begin, len(whole)) {
		f.Add(whole[headerSize:at])
		f.Add(whole[headerSize:max(int(headerSize), at-1)])
	}
	f.Fuzz(func(t *testing.T, tail []byte) {
		d := newDisk(1, append(bytes.Clone(whole[:headerSize]), tail...))
		l, err := recoverLog(d, recipe.Wish{Params: small})
		if err != nil {
			require.ErrorIs(t, err, ErrDamaged)
			return
		}
		n := 0
		for user, g := range l.Holders() {
			require.Equal(t, n, g.Index)
			require.Equal(t, g.Index, l.users[user])
			n++
		}
		require.Len(t, l.users, n)
		d.restart(true)
		again, err := recoverLog(d, recipe.Wish{Params: small})
		require.NoError(t, err)
		require.Equal(t, l.users, again.users)
		require.Equal(t, l.end, again.end)
	})
}
