package excerpt

import (
	"go/doc"
	"go/scanner"
	"go/token"
	"strings"
)

// TokenKind is a lexical class. Its value can serve as the name of a style.
type TokenKind string

const (
	Keyword  TokenKind = "keyword"  // func, for, range
	Name     TokenKind = "name"     // an identifier that is neither of the next two
	Decl     TokenKind = "decl"     // the name that a func, type, const or var introduces
	Builtin  TokenKind = "builtin"  // a predeclared identifier: int, nil, len
	String   TokenKind = "string"   // a string or rune literal
	Number   TokenKind = "number"   // a numeric literal
	Comment  TokenKind = "comment"  // with its delimiters
	Operator TokenKind = "operator" // operators, brackets, punctuation
	Space    TokenKind = "space"    // whitespace, line breaks included
	Illegal  TokenKind = "illegal"  // what Go does not know: ?, $, “
)

// Token is a piece of source text.
type Token struct {
	Kind TokenKind
	Text string // never empty
}

// Tokens sorts src into tokens. Their texts, joined, are src exactly, whatever src
// is: half a declaration, invalid Go, invalid UTF-8.
//
// It looks at words, not at meaning: a variable named len is a Builtin, except
// where it is declared (Decl) and where it is selected from something (x.len, a
// Name). The names inside a group, const ( ... ), are not recognised as Decl.
func Tokens(src string) []Token {
	var (
		tokens []Token
		end    int // src[:end] is in tokens
	)
	add := func(kind TokenKind, to int) {
		if to > end {
			tokens = append(tokens, Token{kind, src[end:to]})
			end = to
		}
	}
	starts := scan(src)
	// Some tokens have no text and are left out: the semicolons that the scanner inserts.
	for i, s := range starts[:len(starts)-1] {
		add(Space, s.offset) // also a byte order mark, which the scanner skips
		text := src[s.offset:starts[i+1].offset]
		add(s.kind, s.offset+len(strings.TrimRight(text, " \t\r\n")))
	}
	add(Space, len(src))
	return tokens
}

// start is where a token starts. Where it ends is found from the start of the next
// one: the scanner's literals can be shorter than their source, because it drops
// the carriage returns in them.
type start struct {
	kind   TokenKind
	offset int
}

// scan returns the starts of the tokens of src. The last one is the end of src.
func scan(src string) []start {
	file := token.NewFileSet().AddFile("", -1, len(src))
	var (
		s      scanner.Scanner
		c      = classifier{last: token.SEMICOLON}
		starts []start
	)
	s.Init(file, []byte(src), nil, scanner.ScanComments)
	for {
		pos, tok, literal := s.Scan()
		starts = append(starts, start{c.kind(tok, literal), file.Offset(pos)})
		if tok == token.EOF {
			return starts
		}
	}
}

// classifier sorts tokens by themselves and by what stands before them.
type classifier struct {
	last   token.Token // the one before, comments aside
	depth  int         // of brackets of all sorts
	inFunc bool        // after the func of a declaration, up to its name
}

func (c *classifier) kind(tok token.Token, literal string) TokenKind {
	if tok == token.COMMENT {
		return Comment
	}
	last := c.last
	c.last = tok
	switch tok {
	case token.INT, token.FLOAT, token.IMAG:
		return Number
	case token.CHAR, token.STRING:
		return String
	case token.ILLEGAL:
		return Illegal
	case token.IDENT:
		return c.identifier(literal, last)
	case token.LPAREN, token.LBRACK, token.LBRACE:
		c.depth++
	case token.RPAREN, token.RBRACK, token.RBRACE:
		c.depth = max(0, c.depth-1)
	case token.FUNC:
		c.inFunc = c.depth == 0 && last == token.SEMICOLON
	}
	if tok.IsKeyword() {
		return Keyword
	}
	return Operator
}

func (c *classifier) identifier(name string, last token.Token) TokenKind {
	// The receiver of a method stands in parentheses: its name is the first
	// identifier outside of them.
	method := c.inFunc && c.depth == 0
	c.inFunc = c.inFunc && !method
	switch {
	case method, last == token.FUNC, last == token.TYPE, last == token.CONST, last == token.VAR:
		return Decl
	case last != token.PERIOD && doc.IsPredeclared(name):
		return Builtin
	}
	return Name
}
