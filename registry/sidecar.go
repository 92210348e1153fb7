package registry

import (
	"crypto/sha256"
	_ "embed"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/task"
)

//go:embed sidecar.schema.json
var sidecarSchema []byte

// SidecarSchema returns the JSON Schema (2020-12) of a sidecar.
func SidecarSchema() []byte { return slices.Clone(sidecarSchema) }

// Sidecar is what the operator says of one module, in the file beside it.
type Sidecar struct {
	Labels      map[string]string // set over the manifest's
	Unlabel     []string          // labels of the manifest that are removed
	Order       int               // lower is asked first
	Grants      Grants
	Limits      map[string]string // by the names of SetLimit; checked
	Process     ProcessLimits
	Config      *document.Node // an object; nil when none is given
	Digest      string         // "sha256:…", or empty
	FailOnFault bool           // onFault: fail
	Disabled    bool
}

// Grants are what the operator lends a runner.
type Grants struct {
	Env     []string // patterns of environment keys
	Actions []string // actions beyond run
	FS      []Mount  // directories for wasm actions
}

// Mount is a directory of the host that wasm actions see.
type Mount struct {
	Host     string
	Guest    string
	ReadOnly bool
}

// ProcessLimits bound the processes of process actions. A nil field is unset.
type ProcessLimits struct {
	OpenFiles *int64
	FileSize  *int64 // bytes
	Core      *int64 // bytes
	CPU       *float64
	Memory    *int64 // bytes
	Pids      *int64
}

// isDigest says whether text is a SHA-256 as digests are written here.
func isDigest(text string) bool {
	digits, ok := strings.CutPrefix(text, "sha256:")
	return ok && len(digits) == 2*sha256.Size && strings.Trim(digits, "0123456789abcdef") == ""
}

// ParseSidecar reads a sidecar, YAML or JSON. The error is a [document.Faults] with every fault, or a
// *[document.SyntaxError]. An empty file is an empty sidecar.
func ParseSidecar(data []byte) (Sidecar, error) {
	var s Sidecar
	docs, err := document.ParseYAML(data, document.Bounds{Bytes: abi.MaxSidecar, Depth: abi.MaxDepth, Documents: 2})
	switch {
	case err != nil:
		return s, err
	case len(docs) == 0:
		return s, nil
	case len(docs) > 1:
		return s, &document.SyntaxError{Line: docs[1].Line, Message: "a sidecar is one document, and here begins a second"}
	case docs[0].Err != nil:
		return s, docs[0].Err
	}
	var d document.Decoder
	o := d.Object(docs[0].Root, "")
	s.Labels, s.Unlabel = readLabels(&d, o.Get("labels"))
	s.Order = readOrder(o.Get("order"))
	s.Grants = readGrants(o.Get("grants"))
	s.Limits = readLimits(o.Get("limits"))
	s.Process = readProcess(o.Get("process"))
	s.Config = readConfig(o.Get("config"))
	if v := o.Get("digest"); v.Present() {
		if s.Digest = v.Text(); v.Node.Kind == document.String && !isDigest(s.Digest) {
			v.Fault("expected sha256: and 64 lower-case hexadecimal digits, found %q", s.Digest)
		}
	}
	if v := o.Get("onFault"); v.Present() {
		text := v.Text()
		s.FailOnFault = text == "fail"
		if v.Node.Kind == document.String && text != "fail" && text != "skip" {
			v.Fault("expected skip or fail, found %q", text)
		}
	}
	s.Disabled = o.Get("disabled").Bool()
	o.Close()
	return s, d.Err()
}

// readLabels reads labels whose null values remove one of the manifest's.
func readLabels(d *document.Decoder, v document.Value) (set map[string]string, remove []string) {
	o := v.Object()
	if o.Node == nil {
		return nil, nil
	}
	set = map[string]string{}
	for _, f := range o.Node.Fields {
		value := d.Value(f.Value, document.Key(v.Path, f.Key))
		if value.IsNull() {
			remove = append(remove, f.Key)
			continue
		}
		set[f.Key] = value.Text()
	}
	faultsAt(v, task.Labels(set).Validate())
	return set, remove
}

func readOrder(v document.Value) int {
	const most = math.MaxInt32
	n := v.Int64()
	if n < -most || n > most {
		v.Fault("expected an order between %d and %d, found %d", -most, most, n)
		return 0
	}
	return int(n)
}

func readGrants(v document.Value) Grants {
	o := v.Object()
	g := Grants{Env: readPatterns(o.Get("env")), Actions: readActions(o.Get("actions"))}
	for _, item := range o.Get("fs").Items() {
		g.FS = append(g.FS, readMount(item, g.FS))
	}
	o.Close()
	return g
}

func readMount(v document.Value, before []Mount) Mount {
	o := v.Object()
	host, guest := o.Require("host"), o.Require("guest")
	m := Mount{Host: host.Text(), Guest: guest.Text(), ReadOnly: o.Get("readOnly").Bool()}
	o.Close()
	for _, path := range []document.Value{host, guest} {
		if path.Present() && path.Node.Kind == document.String && path.Node.Text == "" {
			path.Fault("expected a directory, found nothing")
		}
	}
	if slices.ContainsFunc(before, func(b Mount) bool { return b.Guest == m.Guest }) {
		guest.Fault("%q is mounted twice", m.Guest)
	}
	return m
}

// readLimits reads limits as texts, or as bare numbers where the limit is a count or a size in bytes.
func readLimits(v document.Value) map[string]string {
	o := v.Object()
	if o.Node == nil {
		return nil
	}
	set := map[string]string{}
	for _, name := range LimitNames() {
		value := o.Get(name)
		if !value.Present() {
			continue
		}
		text := value.Node.Text
		if kind := value.Node.Kind; kind != document.Number && kind != document.String {
			value.Text() // the fault
			continue
		}
		var scratch abi.Limits
		if err := SetLimit(&scratch, name, text); err != nil {
			value.Fault("%v", err)
			continue
		}
		set[name] = text
	}
	o.Close()
	return set
}

func readProcess(v document.Value) ProcessLimits {
	o := v.Object()
	p := ProcessLimits{
		OpenFiles: readCount(o.Get("openFiles"), 1),
		FileSize:  readSize(o.Get("fileSize"), 0),
		Core:      readSize(o.Get("core"), 0),
		Memory:    readSize(o.Get("memory"), 1),
		Pids:      readCount(o.Get("pids"), 1),
	}
	if v := o.Get("cpu"); v.Present() {
		cpu := v.Float()
		if cpu < 0.01 || cpu > 1<<16 {
			v.Fault("expected a number of processors of at least 0.01, such as 0.5 or 2")
		}
		p.CPU = &cpu
	}
	o.Close()
	return p
}

func readCount(v document.Value, least int64) *int64 {
	if !v.Present() {
		return nil
	}
	n := v.Int64()
	if n < least {
		v.Fault("expected a whole number of at least %d", least)
	}
	return &n
}

// readSize reads "64MiB", or a number of bytes.
func readSize(v document.Value, least int64) *int64 {
	if !v.Present() {
		return nil
	}
	if v.Node.Kind == document.Number {
		return readCount(v, least)
	}
	text := v.Text()
	if v.Node.Kind != document.String {
		return nil // Text has recorded it
	}
	n, err := parseSize(text, least)
	if err != nil {
		v.Fault("%v", err)
	}
	return &n
}

func readConfig(v document.Value) *document.Node {
	o := v.Object()
	if o.Node == nil {
		return nil
	}
	if n := len(o.Node.AppendJSON(nil)); n > abi.MaxConfig {
		v.Fault("the configuration has %d bytes as JSON, more than the %d allowed", n, abi.MaxConfig)
	}
	return o.Node
}

// labels are the runner's labels: the manifest's, with the sidecar's set over them. Nobody may change them.
func (s Sidecar) labels(manifest map[string]string) task.Labels {
	if len(s.Labels) == 0 && len(s.Unlabel) == 0 && manifest != nil {
		return manifest
	}
	labels := task.Labels{}
	maps.Copy(labels, manifest)
	maps.Copy(labels, s.Labels)
	for _, key := range s.Unlabel {
		delete(labels, key)
	}
	return labels
}

// limits are the host's limits with the sidecar's set over them.
func (s Sidecar) limits(host abi.Limits) (abi.Limits, error) {
	for name, text := range s.Limits {
		if err := SetLimit(&host, name, text); err != nil {
			return host, fmt.Errorf("sidecar: %w", err)
		}
	}
	return host, nil
}
