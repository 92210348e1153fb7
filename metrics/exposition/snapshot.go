package exposition

import "github.com/soltihq/soltiwasm/metrics"

// Family is one metric as it was at some time, for those that show it by other means than [Backend.Write]. Its slices
// and maps are not to be changed.
type Family struct {
	Name, Help string
	Type       metrics.Type
	Guest      bool              // whether guests emit it, rather than the host
	Labels     []string          // the names of the labels in which its series differ
	Constant   map[string]string // the labels that all of them have
	Buckets    []float64         // of a histogram: upper bounds, ascending; that of +Inf is left out
	Series     []Series          // in no order
}

// Series is one series of a [Family].
type Series struct {
	Values []string // of the family's Labels, in their order
	Value  float64  // of a counter or gauge; the sum of a histogram
	Counts []uint64 // of a histogram: observations up to each bound, and then all of them
}

// Families returns all metrics as they are now, also those without any series: the host's in an order that doesn't
// change, then the guests'. No label has a name or a value that the text format doesn't have.
func (b *Backend) Families() []Family {
	var all []Family
	for _, f := range b.families() {
		all = append(all, f.snapshot())
	}
	return all
}
