package hostfuncs

import (
	"io"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/task"
)

// Runner is what belongs to one runner and is shared by all its instances, which may run at the same time. It is not
// changed once an Instance has been made of it. Metrics, Now and Rand are required.
type Runner struct {
	Config  *document.Index  // what config_get reads; nil means {}
	Env     *Environment     // what env_get reads; nil grants nothing
	Metrics *metrics.Emitter // takes the metrics that guests emit
	Log     *Log             // takes log records, and what guests print outside run; nil drops them
	Limits  abi.Limits       // of which Reply is the one used here
	Mask    *task.Mask       // hides values in log records; nil hides nothing

	// Now is the clock of run, and of deadlines. Guests see it only within run.
	Now func() time.Time
	// Rand is where random_get reads from within run. It is safe for concurrent use, as crypto/rand.Reader is.
	Rand io.Reader
}
