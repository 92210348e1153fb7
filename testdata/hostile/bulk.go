//go:build unix

package main

import "slices"

// bulkCases use up time in single instructions that work on much, which must be charged by what they do and cut into
// pieces: one alone would stall the collector of garbage and every deadline.
func bulkCases() []Case {
	const mib = 1 << 20
	var all []Case
	big := func(name, does string, supports func(g *guest) code) {
		c := asked("bulk-"+name, does, func(g *guest) code {
			g.min = 512
			return supports(g)
		})
		all = append(all, c.passedOver())
	}
	// memory has the instruction 4,000 times in a row, and then without end by calls that double.
	memory := func(name, does string, c code) {
		big(name+"-row", does+", 4,000 times in a row.", func(*guest) code { return times(4000, c) })
		big(name+"-doubling", does+", 2^64 times without a loop.", func(g *guest) code { return call(doubling(g, 64, c)) })
	}
	memory("fill", "32 MiB are filled", memoryFill(i32(0), i32(7), i32(32*mib)))
	memory("copy", "31 MiB are copied to where they overlap", memoryCopy(i32(1), i32(0), i32(31*mib)))
	memory("copy-forward", "31 MiB are copied the other way", memoryCopy(i32(0), i32(1), i32(31*mib)))

	big("fill-some", "4,000 bytes are filled, less than what is cut into pieces, 2^64 times without a loop.", func(g *guest) code {
		return call(doubling(g, 64, times(20, memoryFill(i32(0), i32(7), i32(4000)))))
	})
	big("fill-outside", "A fill reaches one byte over the end of the memory, which traps before anything is written.", func(*guest) code {
		return memoryFill(i32(1), i32(7), i32(32*mib))
	})
	big("fill-overflow", "A fill's range goes over 32 bits.", func(*guest) code { return memoryFill(i32(-16), i32(7), i32(-1)) })
	big("copy-overflow", "A copy's range goes over 32 bits.", func(*guest) code { return memoryCopy(i32(0), i32(-16), i32(-1)) })
	big("init", "A passive segment of a megabyte is copied without end.", func(g *guest) code {
		g.passive(make([]byte, mib))
		return call(doubling(g, 64, memoryInit(i32(0), i32(0), i32(mib))))
	})

	tables := func(name, does string, c code) {
		big(name, does, func(g *guest) code {
			g.add(secTable, slices.Concat([]byte{tFuncref, 0}, uleb(90_000))...)
			return call(doubling(g, 64, c))
		})
	}
	tables("table-fill", "A table of 90,000 entries is filled 2^64 times.", tableFill(i32(0), i32(90_000)))
	tables("table-copy", "Most of a table is copied to where it overlaps, 2^64 times.", tableCopy(i32(1), i32(0), i32(89_999)))
	return all
}

// passive adds a segment of data that is not copied by itself. It has to be the first.
func (g *guest) passive(data []byte) {
	g.add(secData, append([]byte{1}, str(data)...)...)
	g.counted = true
}
