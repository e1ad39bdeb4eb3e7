package redpacket

import (
	"go/ast"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lab.example/gopark/internal/child"
)

// TestElementary holds that the functions are good to a few units of 2^-53.
func TestElementary(t *testing.T) {
	near := func(t *rapid.T, want, got, scale float64) {
		require.InDelta(t, 0, (got-want)/scale, 0x1p-49, "%g, not %g", got, want)
	}
	const tiny = 0x1p-960 // below 2^-1022 a float64 has fewer bits
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(-700, 700).Draw(t, "x")
		near(t, math.Exp(x), exp(x), math.Exp(x))
		near(t, math.Expm1(x), expm1(x), max(tiny, math.Abs(math.Expm1(x))))
		y := x / 1000
		near(t, math.Expm1(y), expm1(y), max(tiny, math.Abs(math.Expm1(y))))
		near(t, math.Log1p(y), log1p(y), max(tiny, math.Abs(math.Log1p(y))))
		p := rapid.Float64Range(0x1p-1000, 0x1p1000).Draw(t, "p")
		near(t, math.Log(p), log(p), max(1e-3, math.Abs(math.Log(p))))
		turns := rapid.Float64Range(0, 4).Draw(t, "turns")
		near(t, math.Sin(math.Pi*math.Mod(turns, 2)), sinePi(turns), 1)
	})
}

// anyRounding are the functions whose results need not be the same everywhere: they are compared
// with a random number to an error that they state, and if that does not decide, exact numbers do.
var anyRounding = []string{
	"arg", "waves", "about", "newSqueeze", "look", "learn", "byCounting", "setScale", "keeps", "phase",
	"argument", "off", "direct", "lay", "fourth", "weights",
}

// unfused returns where a sum of floats has a product among its terms that is not converted: a
// compiler may round such a sum once, and then it depends on the machine.
func unfused(t *testing.T, files map[string]any) (places []string) {
	set := token.NewFileSet()
	var parsed []*ast.File
	for name, source := range files {
		f, err := parser.ParseFile(set, name, source, parser.SkipObjectResolution)
		require.NoError(t, err)
		parsed = append(parsed, f)
	}
	info := types.Info{Types: make(map[ast.Expr]types.TypeAndValue)}
	config := types.Config{Importer: importer.ForCompiler(set, "source", nil), Error: func(error) {}}
	_, _ = config.Check("redpacket", set, parsed, &info) // other files of the package are missing
	isFloat := func(e ast.Expr) bool {
		tv, ok := info.Types[e]
		if !ok || tv.Value != nil { // what is constant is computed by the compiler
			return false
		}
		b, ok := tv.Type.Underlying().(*types.Basic)
		return ok && (b.Info()&types.IsFloat != 0 || b.Kind() == types.Invalid)
	}
	powerOf2 := func(e ast.Expr) bool { // then the product is exact
		v := info.Types[e].Value
		if v == nil {
			return false
		}
		f, _ := constant.Float64Val(constant.ToFloat(v))
		f, _ = math.Frexp(math.Abs(f))
		return f == 0.5
	}
	product := func(e ast.Expr) bool {
		for {
			switch x := e.(type) {
			case *ast.ParenExpr:
				e = x.X
			case *ast.UnaryExpr:
				e = x.X
			case *ast.BinaryExpr:
				return x.Op == token.MUL && isFloat(x) && !powerOf2(x.X) && !powerOf2(x.Y)
			default:
				return false
			}
		}
	}
	for _, f := range parsed {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && slices.Contains(anyRounding, fn.Name.Name) {
				continue
			}
			ast.Inspect(d, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.BinaryExpr:
					if (n.Op == token.ADD || n.Op == token.SUB) && (product(n.X) || product(n.Y)) {
						places = append(places, set.Position(n.Pos()).String())
					}
				case *ast.AssignStmt:
					if (n.Tok == token.ADD_ASSIGN || n.Tok == token.SUB_ASSIGN) && product(n.Rhs[0]) {
						places = append(places, set.Position(n.Pos()).String())
					}
				}
				return true
			})
		}
	}
	return places
}

// TestNothingIsFused holds that no sum that decides what a split is depends on how a compiler
// rounds.
func TestNothingIsFused(t *testing.T) {
	if child.RaceEnabled {
		return // it reads the source, which is the same
	}
	files := make(map[string]any)
	for _, name := range []string{
		"elementary.go", "tilt.go", "law.go", "fill.go", "fill_flat.go", "fill_wide.go", "crew.go", "spread.go", "squeeze.go",
		"transform.go", "uniform.go", "tail.go", "wide.go", "exact.go", "escape.go", "next.go", "next_grid.go",
		"band.go", "lattice.go", "memo.go", "decide.go", "redpacket.go", "words.go", "real.go", "count.go",
	} {
		files[name] = nil
	}
	require.Empty(t, unfused(t, files))

	const wrong = `package redpacket
func f(x, y float64) float64 { return x*y + 1 }
func g(x, y float64) float64 { x -= (y * y); return x }
func fine(x, y float64) float64 { return float64(x*y) + 3*2 + 4*x }
func arg(x, y float64) float64 { return x*y + 1 }`
	require.Len(t, unfused(t, map[string]any{"wrong.go": wrong}), 2)
}
