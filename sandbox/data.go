package sandbox

import (
	"cmp"
	"slices"
)

// maxGap is the number of zeros that joining two data segments may add. Linkers leave out zeros where a segment's
// header takes less room; Go's makes 20,000 segments and more of a program's data so, and instantiating them one by one
// takes several times as long as copying the zeros.
const maxGap = 32

// joiner joins active data segments that follow one another in the file and in memory. The memory ends up the same:
// segments keep their order, and what is filled in between was zero and is written by none.
type joiner struct {
	taken    ranges
	segments writer
	count    int
	start    uint64 // of the run of segments that is being joined
	bytes    []byte // of the run
	open     bool   // whether there is a run
}

// data returns the contents of the data section with segments joined, and their number. Segments that instructions name
// by their numbers stay as they are.
func (r *rewriter) data() (contents []byte, count int) {
	section := r.find(idData)
	if section.start == section.end {
		return nil, 0
	}
	j := joiner{taken: r.segmentRanges()}
	r.from(section)
	for range r.u32() {
		start := r.pos
		s := r.segment()
		if s.constant && !r.module.layout.namesData {
			j.add(s)
			continue
		}
		j.close()
		j.count++
		j.segments.buf = append(j.segments.buf, r.buf[start:r.pos]...)
	}
	j.close()
	var w writer
	w.u32(uint32(j.count))
	return append(w.buf, j.segments.buf...), j.count
}

// segment is a data segment.
type segment struct {
	active   bool
	constant bool   // whether the place is
	at       uint64 // the place, if so
	bytes    []byte
}

// segment reads a data segment.
func (r *rewriter) segment() segment {
	var s segment
	flags := r.u32()
	if flags != segmentPassive {
		if flags == segmentTable {
			r.u32() // the memory
		}
		var in instruction
		r.instruction(&in)
		r.skip(1)
		s = segment{active: true, constant: in.op == opI32Const, at: uint64(uint32(in.value))}
	}
	s.bytes = r.bytes()
	return s
}

// add adds a segment to the run, or begins a new one with it.
func (j *joiner) add(s segment) {
	end := j.start + uint64(len(j.bytes))
	if !j.open || s.at < end || s.at-end > maxGap || !j.taken.free(end, s.at) {
		j.close()
		j.start, j.open, end = s.at, true, s.at
	}
	j.bytes = append(j.bytes, make([]byte, s.at-end)...)
	j.bytes = append(j.bytes, s.bytes...)
}

// close writes the run.
func (j *joiner) close() {
	if !j.open {
		return
	}
	j.segments.op(0)
	j.segments.i32(int32(uint32(j.start)))
	j.segments.op(opEnd)
	j.segments.sized(j.bytes)
	j.count++
	j.bytes, j.open = j.bytes[:0], false
}

// ranges are the places of data segments, by their starts.
type ranges []memoryRange

// memoryRange is a range of memory. In ranges, its end is the highest one up to there.
type memoryRange struct{ start, end uint64 }

// segmentRanges collects where active segments go.
func (r *rewriter) segmentRanges() ranges {
	r.from(r.find(idData))
	all := make(ranges, 0, len(r.module.layout.data)+1)
	for range r.u32() {
		switch s := r.segment(); {
		case s.constant:
			all = append(all, memoryRange{s.at, s.at + uint64(len(s.bytes))})
		case s.active: // anywhere
			all = append(all, memoryRange{0, maxPages * pageBytes})
		}
	}
	slices.SortFunc(all, func(a, b memoryRange) int { return cmp.Compare(a.start, b.start) })
	for i := 1; i < len(all); i++ {
		all[i].end = max(all[i].end, all[i-1].end)
	}
	return all
}

// free reports whether no segment writes into a range.
func (all ranges) free(start, end uint64) bool {
	n, _ := slices.BinarySearchFunc(all, end, func(r memoryRange, end uint64) int { return cmp.Compare(r.start, end) })
	return start == end || n == 0 || all[n-1].end <= start
}
