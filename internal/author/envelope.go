package author

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/task"
)

// envelopeFields are the fields around the kind that a runner looks at; all of them if it looks at the whole spec.
func envelopeFields(pointers []string) []string {
	all := []string{"slot", "timeout", "restart", "backoff", "admission", "labels", "runnerSelector", "maxRetries"}
	if slices.Contains(pointers, "") {
		return all
	}
	return slices.DeleteFunc(all, func(field string) bool {
		return !slices.ContainsFunc(pointers, func(p string) bool { return p == "/"+field || strings.HasPrefix(p, "/"+field+"/") })
	})
}

// envelopeValues are values that a field around the kind may have: the least, the largest, and each word of a list.
func envelopeValues(field string) []hostileValue {
	const longest = int64(task.MaxDuration / 1_000_000) // in milliseconds
	switch field {
	case "slot":
		return []hostileValue{textOf(1), textOf(task.MaxSlot)}
	case "timeout":
		return []hostileValue{intOf(1), intOf(300_000), intOf(math.MaxInt32 + 1), intOf(longest)}
	case "maxRetries":
		return []hostileValue{{"missing", nil}, intOf(1), intOf(task.MaxRetriesLimit)}
	case "admission":
		return words(task.DropIfRunning, task.Replace, task.Queue)
	case "restart":
		return restarts(longest)
	case "backoff":
		return backoffs(longest)
	case "labels":
		return labels()
	case "runnerSelector":
		return selectors()
	}
	return nil
}

func intOf(n int64) hostileValue { return hostileValue{fmt.Sprint(n), document.NewInt(n)} }

func words[T ~string](list ...T) []hostileValue {
	values := make([]hostileValue, len(list))
	for i, word := range list {
		values[i] = hostileValue{string(word), document.NewString(string(word))}
	}
	return values
}

// objectOf is an object that a message shows as JSON.
func objectOf(fields ...document.Field) hostileValue {
	o := document.NewObject(fields...)
	return hostileValue{string(o.AppendJSON(nil)), o}
}

func restarts(longest int64) []hostileValue {
	of := func(policy task.RestartPolicy) document.Field {
		return document.NewField("type", document.NewString(string(policy)))
	}
	interval := func(ms int64) document.Field { return document.NewField("intervalMs", document.NewInt(ms)) }
	return []hostileValue{
		objectOf(of(task.RestartNever)), objectOf(of(task.RestartOnFailure)), objectOf(of(task.RestartAlways)),
		objectOf(of(task.RestartAlways), interval(1)), objectOf(of(task.RestartAlways), interval(longest)),
	}
}

func backoffs(longest int64) []hostileValue {
	var values []hostileValue
	for _, jitter := range words(task.JitterNone, task.JitterFull, task.JitterEqual, task.JitterDecorrelated) {
		values = append(values, objectOf(document.NewField("jitter", jitter.value)))
	}
	ms := func(first, most int64) []document.Field {
		return []document.Field{document.NewField("firstMs", document.NewInt(first)), document.NewField("maxMs", document.NewInt(most))}
	}
	factor := func(f float64) document.Field { return document.NewField("factor", document.NewFloat(f)) }
	return append(values, objectOf(ms(1, 1)...), objectOf(ms(1, longest)...), objectOf(ms(longest, longest)...),
		objectOf(factor(1)), objectOf(factor(1.5)), objectOf(factor(1e9)))
}

// manyLabels is how many labels are plenty.
const manyLabels = 1_000

func labels() []hostileValue {
	many := make([]document.Field, manyLabels)
	for i := range many {
		many[i] = document.NewField(fmt.Sprintf("key-%d", i), document.NewString("value"))
	}
	longest := strings.Repeat("x", task.MaxLabelName)
	return []hostileValue{
		{"missing", nil},
		{"one of the longest name and value", document.NewObject(document.NewField(longest, document.NewString(longest)))},
		{fmt.Sprintf("%d labels", manyLabels), document.NewObject(many...)},
	}
}

// selectors match no runner's labels or any: check asks the runner all the same, as a host does that has its labels set.
func selectors() []hostileValue {
	text, field := document.NewString, document.NewField
	return []hostileValue{
		{"missing", nil},
		objectOf(field("matchLabels", document.NewObject(field("key", text("value"))))),
		objectOf(field("matchExpressions", document.NewArray(document.NewObject(
			field("key", text("key")), field("operator", text(string(task.In))), field("values", document.NewArray(text("a"), text("b"))))))),
	}
}
