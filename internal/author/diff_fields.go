package author

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/soltihq/soltiwasm/document"
)

// appendFieldChanges finds the values that differ between two documents, as deep inside as they are of one type. Lists are
// compared item by item.
func appendFieldChanges(changes []FieldChange, pointer string, before, after *document.Node) []FieldChange {
	switch {
	case before == nil || after == nil || before.Kind != after.Kind:
		return append(changes, FieldChange{pointer, before, after})
	case before.Kind == document.Object:
		for _, f := range before.Fields {
			changes = appendFieldChanges(changes, pointer+"/"+escapeToken(f.Key), f.Value, after.Get(f.Key))
		}
		for _, f := range after.Fields {
			if before.Get(f.Key) == nil {
				changes = append(changes, FieldChange{pointer + "/" + escapeToken(f.Key), nil, f.Value})
			}
		}
		return changes
	case before.Kind == document.Array:
		for i := range max(len(before.Items), len(after.Items)) {
			changes = appendFieldChanges(changes, pointer+"/"+strconv.Itoa(i), item(before, i), item(after, i))
		}
		return changes
	case !bytes.Equal(before.AppendJSON(nil), after.AppendJSON(nil)):
		return append(changes, FieldChange{pointer, before, after})
	}
	return changes
}

// item is an item of a list, nil if it has none there.
func item(list *document.Node, i int) *document.Node {
	if i < len(list.Items) {
		return list.Items[i]
	}
	return nil
}

// escapeToken is a key as a part of a JSON Pointer.
func escapeToken(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}
