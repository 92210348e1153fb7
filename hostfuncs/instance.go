package hostfuncs

import (
	"context"
	"io"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/sandbox"
)

// Instance is the host's side of one instance of a runner: what engine.InstanceConfig.Host has to be. Like the instance
// itself it is used by one goroutine at a time.
type Instance struct {
	runner     *Runner
	phase      abi.Phase // 0 between calls
	units      int64     // of work, until time is looked at
	fuelGiven  int64
	reply      []byte
	call       Call
	clock      clock
	output     [2]output // standard output and error
	frame      Frame     // of the host function that runs or ran last: kept here, it need not be allocated
	random     random    // what is above is touched by each call, and this is large
	logged     bool      // ever
	remembered remembered
	pace       sandbox.Pace // begins with a call's first yield
}

// Call is what belongs to one call into the guest.
type Call struct {
	// Spec is the TaskSpec that spec_get reads; needed from supports on.
	Spec *document.Index
	// Trace notes what spec_get tells; nil notes nothing.
	Trace *document.Trace
	// Task is the built task that task_get reads; needed in run.
	Task *document.Index
	// Deadline ends the call inside any host function; zero is none. The engine has to end guest code itself.
	Deadline time.Time
	// Limit is how long the call may take where Deadline is zero; zero is without end. Outside run it counts from the
	// first look at the clock, which comes when the guest has used a quantum of work: most calls end before that, and
	// reading the clock would be half of what they cost.
	Limit time.Duration
	// Stdout and Stderr take what the guest prints in run, in pieces that end anywhere; nil drops it. They get the
	// host's own bytes, valid until Write returns. A Write that blocks holds up the deadline; an error of one is an
	// I/O error to the guest.
	Stdout, Stderr io.Writer
	// State is what the bodies given to [Command] work on.
	State any
}

// NewInstance makes the host's side of a new instance. It is between calls: functions may be called only after Begin.
func NewInstance(r *Runner) *Instance { return &Instance{runner: r} }

// Begin opens a call into the guest: the given phase lasts until End. The Call is copied. An earlier reply is forgotten, and outside run
// the guest's clock and randomness start anew. Before the engine instantiates a module, which runs its start section,
// the phase is PhaseStart.
func (i *Instance) Begin(phase abi.Phase, c *Call) {
	i.phase = phase
	i.call = *c
	i.units = quantum
	i.fuelGiven = 0
	i.reply = i.reply[:0]
	i.clock = clock{}
	if phase == abi.PhaseRun {
		i.clock.start = i.runner.Now()
		if c.Limit > 0 && c.Deadline.IsZero() {
			i.call.Deadline = i.clock.start.Add(c.Limit)
		}
	}
	i.random.seeded = false
	i.output[0].begin(c.Stdout)
	i.output[1].begin(c.Stderr)
}

// Reply is what the guest replied since Begin, UTF-8 of at most Limits.Reply bytes, and whether it is there at all: no
// reply and an empty one are the same. It is valid until the next Begin.
func (i *Instance) Reply() ([]byte, bool) { return i.reply, len(i.reply) > 0 }

// Logged says whether the guest ever wrote to the log, or outside run to its standard output or error, even if nobody sees
// that. Of the present call it is known after End.
func (i *Instance) Logged() bool { return i.logged }

// FuelGiven is the fuel that [Meter] has added to the instance's since Begin. The call has used so much, and what it had
// less now: the global [sandbox.FuelExport] tells that.
func (i *Instance) FuelGiven() int64 { return i.fuelGiven }

// End closes the call, whether it ended well or not: a line that the guest left unfinished on its standard output or
// error goes to the log, under ctx, and no host function may be called before the next Begin.
func (i *Instance) End(ctx context.Context) {
	i.flush(ctx)
	i.phase = 0
	i.call = Call{}
	i.frame = Frame{}
}
