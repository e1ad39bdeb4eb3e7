package labs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sync/atomic"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/labs/judge"
)

// Add is "gopark lab add DIR".
type Add struct {
	Dir     string `arg:"" type:"existingdir" help:"A folder of labs, or one lab."`
	Replace bool   `help:"Take the place of the pack that has been added from a folder of this name."`
	JSON    bool   `help:"Print one JSON object of pack, labs, answers."`
}

// Help is the long help text.
func (Add) Help() string {
	return `Adds labs that somebody else has written: DIR holds a folder for each lab, in the form that
gopark lab new makes. First the contract is held: every start must fail, every answer must
pass, and every known-wrong answer must be rejected for the reason that it states. If one
is not, nothing is added, and what is broken is listed.

This compiles and runs the pack's code. It has no more rights than you have, and no fewer:
read what you add.

The labs are copied to work/packs, and are started, checked and watched as the others are.
gopark lab remove PACK takes them away again; your answers stay in work.

The exit status is 1 if the contract is broken, 3 if this machine has no race detector and
the pack needs it.

With --json the object has
  pack     its name, that of the folder
  labs     the names of its labs
  answers  one object each: lab, answer, verdict, message, broken ("" if it is as promised)`
}

// held is what came of one promise.
type held struct {
	Lab     string        `json:"lab"`
	Answer  string        `json:"answer"`
	Verdict judge.Verdict `json:"verdict"`
	Message string        `json:"message"`
	Broken  string        `json:"broken"`
}

type addedPack struct {
	Pack    string   `json:"pack"`
	Labs    []string `json:"labs"`
	Answers []held   `json:"answers"`
}

// Run does it.
func (c Add) Run(ctx context.Context, t *cli.Terminal) error {
	w, err := here()
	if err != nil {
		return err
	}
	over := 0
	added, err := w.add(ctx, c.Dir, c.Replace, func(h held, of int) {
		over++
		if t.Interactive {
			fmt.Fprintf(t.Err, "%d of %d: %s/%s: %s\n", over, of, h.Lab, h.Answer, h.Verdict)
		}
	})
	if c.JSON && added.Answers != nil {
		return errors.Join(t.JSON(added), err)
	}
	if err != nil {
		return err
	}
	t.Printf("%s: %d labs, %d answers judged, the contract holds\n\n", added.Pack, len(added.Labs), len(added.Answers))
	for _, name := range added.Labs {
		t.Printf("  gopark lab start %s\n", name)
	}
	return nil
}

// answerRuns is how often the answer of a lab that is added has to pass.
const answerRuns = 30

// add adds the pack in dir, if it holds the contract. told is called with each answer
// that has been judged, one call at a time. Until everything is in order, nothing is
// where the other commands look.
func (w work) add(ctx context.Context, dir string, replace bool, told func(h held, of int)) (added addedPack, err error) {
	if dir, err = filepath.Abs(dir); err != nil {
		return added, fmt.Errorf("add labs: %w", err)
	}
	if added.Pack, err = packOf(dir); err != nil {
		return added, cli.Usage(hint.With(err, "rename the folder"))
	}
	place := filepath.Join(w.root, filepath.FromSlash(packsFolder), added.Pack)
	if _, err := os.Lstat(place); err == nil && !replace {
		return added, cli.Usage(hint.With(fmt.Errorf("a pack %s has been added already", added.Pack),
			"--replace puts this one into its place, and leaves your answers as they are"))
	}
	sources, err := labsIn(dir)
	if err != nil {
		return added, err
	}
	if err := w.free(sources, added.Pack); err != nil {
		return added, err
	}
	stage, err := w.stage(added.Pack, sources)
	if err != nil {
		return added, fmt.Errorf("add %s: %w", added.Pack, err)
	}
	defer os.RemoveAll(filepath.Join(w.root, filepath.FromSlash(packsFolder), stage))
	labs, err := w.pack(stage)
	if err != nil {
		return added, err
	}
	for _, l := range labs {
		added.Labs = append(added.Labs, l.Name)
	}
	if added.Answers, err = w.holdAll(ctx, labs, told); err != nil {
		return added, err
	}
	err = w.locked(ctx, func() error { return w.install(stage, added.Pack, replace) })
	if err != nil {
		return added, fmt.Errorf("add %s: %w", added.Pack, err)
	}
	return added, nil
}

// labsIn returns the folders of the labs in dir, which may be one itself.
func labsIn(dir string) ([]string, error) {
	if _, err := os.Stat(filepath.Join(dir, "page.md")); err == nil {
		return []string{dir}, nil
	}
	pages, err := filepath.Glob(filepath.Join(dir, "*", "page.md"))
	if err != nil {
		return nil, fmt.Errorf("look for labs: %w", err)
	}
	if len(pages) == 0 {
		return nil, cli.Usage(hint.With(fmt.Errorf("there is no lab in %s", dir),
			"a lab is a folder with a page.md; gopark lab new NAME makes one to begin with"))
	}
	folders := make([]string, len(pages))
	for i, page := range pages {
		folders[i] = filepath.Dir(page)
	}
	return folders, nil
}

// free returns an error if a lab has a name that means something already.
func (w work) free(folders []string, pack string) (err error) {
	for _, folder := range folders {
		name := filepath.Base(folder)
		other, ok := named(w.labs(), name)
		switch {
		case slices.Contains(taken, name):
			err = errors.Join(err, fmt.Errorf("%q cannot be the name of a lab", name))
		case ok && other.pack == "":
			err = errors.Join(err, fmt.Errorf("a lab %s is built in", name))
		case ok && other.pack != pack:
			err = errors.Join(err, fmt.Errorf("a lab %s has been added with the pack %s", name, other.pack))
		}
	}
	if err != nil {
		return cli.Usage(hint.With(err, "rename the folder, its package and its files; nothing has been added"))
	}
	return nil
}

// Limits of a pack's files: against accidents, such as a folder that is no pack.
const (
	maxFiles = 2000
	maxFile  = 1 << 20 // bytes
)

// stage copies labs into the module, under a name that is no pack's.
func (w work) stage(pack string, folders []string) (stage string, err error) {
	all := filepath.Join(w.root, filepath.FromSlash(packsFolder))
	if err := os.MkdirAll(all, 0o755); err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp(all, "0-"+pack+"-") // a pack's name begins with a letter
	if err != nil {
		return "", err
	}
	files := 0
	for _, folder := range folders {
		if err := copyLab(filepath.Join(dir, filepath.Base(folder)), folder, &files); err != nil {
			return "", errors.Join(err, os.RemoveAll(dir))
		}
	}
	return filepath.Base(dir), nil
}

// copyLab copies what a lab consists of: the files of its folder and of its testdata.
func copyLab(to, from string, files *int) error {
	return filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		inside := filepath.Join(to, below)
		if d.IsDir() {
			if below != "." && below[0] == '.' {
				return fs.SkipDir
			}
			return os.MkdirAll(inside, 0o755)
		}
		if *files++; *files > maxFiles {
			return hint.With(fmt.Errorf("%s has more than %d files", filepath.Dir(from), maxFiles), "is it a folder of labs?")
		}
		return copyFile(inside, name, d)
	})
}

func copyFile(to, from string, d fs.DirEntry) error {
	info, err := d.Info()
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no regular file", from)
	case info.Size() > maxFile:
		return fmt.Errorf("%s has %d bytes, more than %d", from, info.Size(), maxFile)
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, io.LimitReader(in, maxFile))
	return errors.Join(err, out.Close())
}

// install gives a staged pack its place. The caller holds the lock.
func (w work) install(stage, pack string, replace bool) error {
	all := filepath.Join(w.root, filepath.FromSlash(packsFolder))
	from, to := filepath.Join(all, stage), filepath.Join(all, pack)
	if replace {
		old := from + "-old"
		switch err := os.Rename(to, old); {
		case err == nil:
			defer os.RemoveAll(old)
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
	}
	return os.Rename(from, to)
}

// holdAll holds every promise of labs abreast. The error lists all that are broken, in their
// order.
func (w work) holdAll(ctx context.Context, labs []Lab, told func(h held, of int)) ([]held, error) {
	type question struct {
		lab     Lab
		promise Promise
	}
	var questions []question
	var broken error
	for _, l := range labs {
		promises, err := l.Promises()
		if err != nil {
			broken = errors.Join(broken, fmt.Errorf("%s: %w", l.Name, err))
		}
		for _, p := range promises {
			questions = append(questions, question{l, p})
		}
	}
	if broken != nil {
		return nil, brokenPack(broken)
	}
	var missing atomic.Bool
	answers, err := abreast(ctx, questions, func(ctx context.Context, q question) (held, error) {
		plan := q.promise.UntilCaught()
		if q.promise.Want.Verdict == judge.Pass {
			plan = Often(answerRuns)
		}
		res, err := w.hold(ctx, q.lab, q.promise, plan)
		if q.promise.Unchecked(res) {
			missing.Store(true)
		}
		h := held{Lab: q.lab.Name, Answer: q.promise.Name, Verdict: res.Verdict, Message: res.Message}
		if errors.Is(err, ErrBroken) || errors.Is(err, judge.ErrLab) {
			h.Broken, err = err.Error(), nil
		}
		return h, err
	}, func(h held) { told(h, len(questions)) })
	if err != nil {
		return nil, err
	}
	for _, h := range answers {
		if h.Broken != "" {
			broken = errors.Join(broken, fmt.Errorf("%s: %s", path.Join(h.Lab, h.Answer), h.Broken))
		}
	}
	switch {
	case broken != nil:
		return answers, brokenPack(broken)
	case missing.Load():
		return answers, notHere{hint.With(errors.New("the contract cannot be held here without the race detector"),
			"install a C compiler: the race detector needs it")}
	}
	return answers, nil
}

func brokenPack(err error) error {
	return notYet{hint.With(err, "nothing has been added; tell the author of the pack, or mend it and add it again")}
}
