package secondkey

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"lab.example/gopark/internal/experiment"
)

// program is one way of listening for Ctrl-C.
type program struct {
	name    string
	main    func(*keyboard)
	want    outcome
	picture string // its name there; "" means that there is none
}

// outcome is what the keys did to a program, and how it ended.
type outcome struct {
	keys [presses]string
	end  string
}

// presses is how often the key is pressed: once to end the program, then while it cleans
// up.
const presses = 4

// What a key can do.
const (
	taken      = "taken"     // the program learned of it
	swallowed  = "swallowed" // nothing happened
	fatal      = "ends it"   // SIGINT had its default effect
	notPressed = "-"
)

var programs = []program{
	{"NotifyContext, stop deferred", deferred, outcome{[presses]string{taken, swallowed, swallowed, swallowed}, "exit 0"}, "stop-deferred"},
	{"NotifyContext, stop when done", atOnce, outcome{[presses]string{taken, fatal, notPressed, notPressed}, "SIGINT"}, "stop-when-done"},
	{"NotifyContext, stop by AfterFunc", afterwards, outcome{[presses]string{taken, fatal, notPressed, notPressed}, "SIGINT"}, ""},
	{"Notify, channel read once", readOnce, outcome{[presses]string{taken, swallowed, swallowed, swallowed}, "exit 0"}, ""},
	{"Notify, channel without room", withoutRoom, outcome{[presses]string{swallowed, swallowed, swallowed, swallowed}, "exit 0"}, "channel-without-room"},
	{"one key, then os.Exit(130)", exits, outcome{[presses]string{taken, notPressed, notPressed, notPressed}, "exit 130"}, ""},
	{"one key, then the signal again", raises, outcome{[presses]string{taken, notPressed, notPressed, notPressed}, "SIGINT"}, ""},
}

// deferred is what most examples show.
func deferred(k *keyboard) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	k.press()
	<-ctx.Done()
	k.taken()
	k.tellCause(ctx)
	k.cleanUp()
}

// atOnce gives SIGINT its default effect back before it cleans up.
func atOnce(k *keyboard) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	k.press()
	<-ctx.Done()
	stop()
	k.taken()
	k.cleanUp()
}

// afterwards does so where the context is made. Waiting for it is for the keyboard's
// sake: a person is slower.
func afterwards(k *keyboard) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	stopped := make(chan struct{})
	context.AfterFunc(ctx, func() { stop(); close(stopped) })
	k.press()
	<-ctx.Done()
	k.taken()
	<-stopped
	k.cleanUp()
}

// readOnce is the same without a context.
func readOnce(k *keyboard) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	k.press()
	<-c
	k.taken()
	k.cleanUp()
}

// withoutRoom does not happen to stand at its channel when the key is pressed. go vet
// would warn of Notify(make(chan os.Signal), os.Interrupt).
func withoutRoom(k *keyboard) {
	c := listen(0)
	handed := listen(1) // the control: the signal does come
	k.press()
	<-handed
	signal.Stop(handed) // returns when os/signal is through with the signal
	select {
	case <-c:
		k.taken()
	default:
	}
	k.cleanUp()
}

func listen(room int) chan os.Signal {
	c := make(chan os.Signal, room)
	signal.Notify(c, os.Interrupt)
	return c
}

// exits ends with the number by which a shell would call an end by SIGINT.
func exits(k *keyboard) {
	interrupted(k)
	os.Exit(130)
}

// raises ends by the signal that it was asked to end by.
func raises(k *keyboard) {
	interrupted(k)
	signal.Reset(os.Interrupt)
	k.send(os.Interrupt)
}

// interrupted returns after the first key.
func interrupted(k *keyboard) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	k.press()
	<-ctx.Done()
	k.taken()
}

// keyboard presses Ctrl-C for the program that holds it.
type keyboard struct {
	r       *experiment.Recorder
	pressed int
}

// press sends SIGINT to this very thread. The kernel has handed it over before the call
// returns: a program that a key ends does not get to mark that it has survived it.
func (k *keyboard) press() {
	k.r.Mark(ordinals[k.pressed] + "-pressed")
	k.send(os.Interrupt)
	k.r.Mark(ordinals[k.pressed] + "-survived")
	k.pressed++
}

func (k *keyboard) send(s os.Signal) {
	if err := sendToThisThread(s.(syscall.Signal)); err != nil {
		panic(fmt.Sprintf("send %v: %v", s, err))
	}
}

// cleanUp takes a long time: until all keys are pressed.
func (k *keyboard) cleanUp() {
	for k.pressed < presses {
		k.press()
	}
}

// taken notes that the program has learned of the key.
func (k *keyboard) taken() { k.r.Mark("taken") }

func (k *keyboard) tellCause(ctx context.Context) {
	k.r.Value("/cause:text", context.Cause(ctx))
	k.r.Value("/cause/is-canceled:bool", errors.Is(context.Cause(ctx), context.Canceled))
}

// ordinals are for marks, which have no digits.
var ordinals = [presses]string{"first", "second", "third", "fourth"}

// envProgram names the program that an actor is to be.
const envProgram = "GOPARK_PROGRAM"

func runProgram(_ context.Context, r *experiment.Recorder) error {
	for _, p := range programs {
		if p.name == os.Getenv(envProgram) {
			p.main(&keyboard{r: r})
			return nil
		}
	}
	return fmt.Errorf("unknown program %q", os.Getenv(envProgram))
}

// observe runs the program to its end.
func (p program) observe(ctx context.Context, r *experiment.Recorder) (got outcome, err error) {
	a, err := r.Start(ctx, "program", envProgram+"="+p.name)
	if err != nil {
		return got, err
	}
	ending, err := a.Ending()
	if err != nil {
		return got, fmt.Errorf("%s: %w", p.name, err)
	}
	for i, nth := range ordinals {
		switch {
		case !a.Reached(nth + "-pressed"):
			got.keys[i] = notPressed
		case !a.Reached(nth + "-survived"):
			got.keys[i] = fatal
		case i == 0 && a.Reached("taken"):
			got.keys[i] = taken
		default:
			got.keys[i] = swallowed
		}
	}
	got.end = ending.String()
	return got, nil
}
