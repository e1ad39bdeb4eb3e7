package cli

import (
	"context"
	"errors"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"lab.example/gopark/internal/hint"
)

const description = `A lab for the concurrency of the Go runtime: predict it, run it, see why.

Without a command, the notebook opens in a browser.`

// Dispatch parses args by grammar, a pointer to a struct of commands, and runs the
// command that they name. The command's Run may take ctx, t and any of the values. A value
// that takes time is given as a func() (T, error), which is called if the command takes a T.
func Dispatch(ctx context.Context, t *Terminal, grammar any, args []string, values ...any) error {
	ended := false
	options := []kong.Option{
		kong.Name("gopark"),
		kong.Description(description),
		kong.Writers(t.Out, t.Err),
		kong.Vars{"version": version()},
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: t.Width}),
		kong.Exit(func(int) { ended = true }), // after --help and --version
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(t),
	}
	for _, v := range values {
		if reflect.TypeOf(v).Kind() == reflect.Func {
			options = append(options, kong.BindSingletonProvider(v))
		} else {
			options = append(options, kong.Bind(v))
		}
	}
	parser, err := kong.New(grammar, options...)
	if err != nil {
		return err
	}
	command, err := parser.Parse(args)
	if ended {
		return nil
	}
	if err != nil {
		return Usage(hint.With(err, "%s", wayOut(parser.Model, err, args)))
	}
	return command.Run()
}

// wayOut is the hint for a command line that cannot be parsed: the nearest command, or
// the help of the one that was named.
func wayOut(grammar *kong.Application, err error, args []string) string {
	var names []string
	for _, c := range grammar.Children {
		names = append(names, c.Name)
	}
	const all = "gopark --help shows all commands"
	first := slices.IndexFunc(args, func(arg string) bool { return !strings.HasPrefix(arg, "-") })
	if first >= 0 && !slices.Contains(names, args[first]) {
		return hint.Meant(args[first], names, all)
	}
	if parse, ok := errors.AsType[*kong.ParseError](err); ok && first >= 0 && parse.Context != nil && parse.Context.Selected() != nil {
		return "gopark " + parse.Context.Selected().Path() + " --help shows its arguments"
	}
	return all
}

// version names the module's version, where there is one, and the Go that built it.
func version() string {
	v := "gopark (devel)"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		v = "gopark " + info.Main.Version
	}
	return v + ", " + runtime.Version()
}
