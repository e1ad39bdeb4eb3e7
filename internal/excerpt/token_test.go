package excerpt

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTokensSortsWords(t *testing.T) {
	for src, want := range map[string]string{
		"func run() {}":                  "keyword func | decl run | operator ( | operator ) | operator { | operator }",
		"func (h *Handle) Sleep(n int)":  "keyword func | operator ( | name h | operator * | name Handle | operator ) | decl Sleep | operator ( | name n | builtin int | operator )",
		"func (p Pair[K, V]) Swap()":     "keyword func | operator ( | name p | name Pair | operator [ | name K | operator , | name V | operator ] | operator ) | decl Swap | operator ( | operator )",
		"func F[T any](x T) T":           "keyword func | decl F | operator [ | name T | builtin any | operator ] | operator ( | name x | name T | operator ) | name T",
		"var f = func(n int) T":          "keyword var | decl f | operator = | keyword func | operator ( | name n | builtin int | operator ) | name T",
		"{;func(n int) T { }(1) }\ne()":  "operator { | operator ; | keyword func | operator ( | name n | builtin int | operator ) | name T | operator { | operator } | operator ( | number 1 | operator ) | operator } | name e | operator ( | operator )",
		"type len int\nconst x = 1i":     "keyword type | decl len | builtin int | keyword const | decl x | operator = | number 1i",
		"x.len(nil, 'a', `b`, \"c\")":    "name x | operator . | name len | operator ( | builtin nil | operator , | string 'a' | operator , | string `b` | operator , | string \"c\" | operator )",
		"func /* f */ g() // end":        "keyword func | comment /* f */ | decl g | operator ( | operator ) | comment // end",
		"for i := range 0x1p-2 { ; }":    "keyword for | name i | operator := | keyword range | number 0x1p-2 | operator { | operator ; | operator }",
		"a ? b":                          "name a | illegal ? | name b",
		"\"open":                         "string \"open",
		"/* open":                        "comment /* open",
		"\tmaxDepth = 3 // of the stack": "name maxDepth | operator = | number 3 | comment // of the stack",
	} {
		var got []string
		for _, token := range Tokens(src) {
			if token.Kind != Space {
				got = append(got, string(token.Kind)+" "+token.Text)
			}
		}
		require.Equal(t, want, strings.Join(got, " | "), "%q", src)
	}
}

func TestTokensOfItsOwnSource(t *testing.T) {
	src, err := os.ReadFile("token.go")
	require.NoError(t, err)
	tokens := Tokens(string(src))
	require.Equal(t, string(src), join(tokens))
	require.Contains(t, tokens, Token{Decl, "Tokens"})
	require.Contains(t, tokens, Token{Decl, "identifier"})
	require.NotContains(t, kinds(tokens), Illegal)
}

// The joined texts are the source, for any source.
func FuzzTokens(f *testing.F) {
	for _, src := range []string{
		"",
		"package p\r\n\r\nvar s = `x\r\ny` /* a\r\nb */ // c\r\n\r",
		"\ufefffunc",
		"func \ufeff (",
		"\x00\xff'\\\n\"\\x",
		"`open\r\n\t ",
		"/* open\r\n\t ",
		"x\n\n\t; }) ]",
		"//line q.go:7:9\nx /*line :1:1*/ y",
	} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		tokens := Tokens(src)
		require.Equal(t, src, join(tokens))
		for _, token := range tokens {
			require.NotEmpty(t, token.Text)
			if token.Kind == Space {
				require.Empty(t, strings.Trim(token.Text, " \t\r\n\ufeff"))
			}
		}
	})
}

func join(tokens []Token) string {
	var b strings.Builder
	for _, token := range tokens {
		b.WriteString(token.Text)
	}
	return b.String()
}

func kinds(tokens []Token) map[TokenKind]bool {
	seen := make(map[TokenKind]bool)
	for _, token := range tokens {
		seen[token.Kind] = true
	}
	return seen
}

// A page of the book is highlighted while it is served.
func BenchmarkTokens(b *testing.B) {
	src, err := os.ReadFile("token.go")
	require.NoError(b, err)
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		Tokens(string(src))
	}
}

func BenchmarkGoroot(b *testing.B) {
	for b.Loop() {
		_, err := Goroot("runtime/proc.go", "runqput")
		require.NoError(b, err)
	}
}
