package hostfuncs

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/task"
)

// dropReason is the word under which dropped log records are counted.
const dropReason = "log"

// noticeEvery is how often a log says that records of its runner are being dropped.
const noticeEvery = time.Minute

// Log takes the log records of one runner, at most so many a second: a bucket of as many tokens as the rate, refilled
// evenly. What is over it is dropped and counted, and the log says so, once a minute at most. It is safe for concurrent
// use. A nil Log drops everything, uncounted.
type Log struct {
	handler  slog.Handler
	runner   string
	rate     int
	interval time.Duration // in which one token is refilled
	backend  metrics.Backend
	now      func() time.Time

	mu      sync.Mutex
	full    time.Time // when the bucket will be full again, if nothing more is taken
	noticed time.Time
}

// NewLog makes the Log of the runner with the given name, which each record carries as the attribute "runner". It lets
// perSecond records a second through, and at least 1; abi.Limits.Log is the number. Backend counts dropped records, by
// the reason "log". Now dates the records too.
func NewLog(logger *slog.Logger, runner string, perSecond int, backend metrics.Backend, now func() time.Time) *Log {
	perSecond = max(perSecond, 1)
	return &Log{
		handler:  logger.Handler().WithAttrs([]slog.Attr{slog.String("runner", runner)}),
		runner:   runner,
		rate:     perSecond,
		interval: time.Second / time.Duration(perSecond),
		backend:  backend,
		now:      now,
	}
}

// enabled says whether records of a level are taken at all. Those that aren't use up no token.
func (l *Log) enabled(ctx context.Context, level slog.Level) bool {
	return l != nil && l.handler.Enabled(ctx, level)
}

// admit takes a token for a record. Without one the record is dropped, which is counted here.
func (l *Log) admit(ctx context.Context, now time.Time) bool {
	ok, notice := l.take(now)
	if ok {
		return true
	}
	l.backend.GuestDropped(l.runner, dropReason)
	if notice && l.handler.Enabled(ctx, slog.LevelWarn) {
		l.write(ctx, slog.NewRecord(now, slog.LevelWarn, fmt.Sprintf("log records of this runner are being dropped: "+
			"they are over the limit log=%d a second; raise it with --limit log=N, or limits.log in the module's sidecar",
			l.rate), 0))
	}
	return false
}

// take takes a token, or returns false and whether the log should say so.
func (l *Log) take(now time.Time) (ok, notice bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if used := l.full.Sub(now); used < 0 || used > time.Second { // full long ago, or the clock was set back
		l.full = now
	}
	if l.full.Sub(now)+l.interval <= time.Second {
		l.full = l.full.Add(l.interval)
		return true, false
	}
	if !l.noticed.IsZero() && now.Sub(l.noticed) < noticeEvery {
		return false, false
	}
	l.noticed = now
	return false, true
}

// write hands a record to the logger's handler. Its error is dropped as slog.Logger does: there is no one to tell.
func (l *Log) write(ctx context.Context, r slog.Record) { _ = l.handler.Handle(ctx, r) }

// logRecord is the host function log: (level, ptr, len).
func logRecord(f *Frame) error {
	level, ok := slogLevel(abi.LogLevel(f.U32(0)))
	if !ok {
		return faultf(f.function, "level %d is none of 0 (debug), 1 (info), 2 (warn) and 3 (error)", f.U32(0))
	}
	b, err := f.View(f.U32(1), f.U32(2))
	if err != nil {
		return err
	}
	head := b[:min(len(b), logWindow)]
	if err := f.Spend(len(head)); err != nil {
		return err
	}
	f.host.log(f.ctx, level, head, len(b))
	return nil
}

func slogLevel(level abi.LogLevel) (slog.Level, bool) {
	switch level {
	case abi.LogDebug:
		return slog.LevelDebug, true
	case abi.LogInfo:
		return slog.LevelInfo, true
	case abi.LogWarn:
		return slog.LevelWarn, true
	case abi.LogError:
		return slog.LevelError, true
	}
	return 0, false
}

// log hands one record to the runner's Log. Head is what logText needs of the guest's text of total bytes.
func (i *Instance) log(ctx context.Context, level slog.Level, head []byte, total int, attrs ...slog.Attr) {
	i.logged = true
	l := i.runner.Log
	if !l.enabled(ctx, level) {
		return
	}
	now := l.now()
	if !l.admit(ctx, now) {
		return
	}
	r := slog.NewRecord(now, level, logText(i.runner.Mask, head, total), 0)
	r.AddAttrs(slog.String("phase", i.phase.String()))
	r.AddAttrs(attrs...)
	l.write(ctx, r)
}

// logWindow is how much of a text logText looks at: what it may keep, and as much again. A value of up to
// abi.MaxLogRecord bytes that begins in the first half lies within it, so that it is found and masked whole.
const logWindow = 2 * abi.MaxLogRecord

// logText is what is shown of a guest's text of total bytes that begins with head, which is all of it or logWindow
// bytes: masked, escaped, and cut to abi.MaxLogRecord bytes with a mark that says how much there was.
func logText(mask *task.Mask, head []byte, total int) string {
	s := mask.Text(string(head))
	whole := total <= len(head)
	if !whole { // the last bytes may be the beginning of a value that goes on behind the window
		s = s[:max(0, len(s)-abi.MaxLogRecord)]
	}
	if whole && len(s) <= abi.MaxLogRecord && !needsEscape(s) {
		return s
	}
	b, all := appendEscaped(nil, s, abi.MaxLogRecord)
	if !whole || !all {
		b = fmt.Appendf(b, "… (cut; %d bytes in all)", total)
	}
	return string(b)
}
