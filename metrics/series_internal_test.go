package metrics

import "testing"

// Two series whose hashes are equal can't be made from outside, so this puts a stranger in the way.
func TestFindLooksPastACollision(t *testing.T) {
	g := newGuest()
	stranger := &series{metric: &Metric{Name: "other"}}
	labels := []Label{{"x", "1"}}
	hash := g.hash("hits", labels)
	g.series[hash] = append(g.series[hash], stranger)
	if s := g.find("hits", labels); s != nil {
		t.Fatalf("found %+v, which is another series", s)
	}
	own := g.add(&Metric{Name: "hits", Labels: []string{"x"}}, labels)
	if s := g.find("hits", labels); s != own {
		t.Errorf("found %+v, want the series that was added", s)
	}
}

func TestHashTellsPartsApart(t *testing.T) {
	g := newGuest()
	seen := map[uint64][]Label{}
	for _, labels := range [][]Label{
		nil,
		{{"a", ""}},
		{{"", "a"}},
		{{"a", "b"}},
		{{"b", "a"}},
		{{"ab", ""}},
		{{"a", "b"}, {"c", "d"}},
		{{"a", "d"}, {"c", "b"}},
		{{"c", "d"}, {"a", "b"}},
	} {
		hash := g.hash("same", labels)
		if other, ok := seen[hash]; ok {
			t.Errorf("%v and %v have one hash", labels, other)
		}
		seen[hash] = labels
	}
}
