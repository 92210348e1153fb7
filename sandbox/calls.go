package sandbox

// calls are the direct calls among the defined functions of a module: its call graph.
type calls struct {
	callees []int32 // of all functions, one after the other
	ends    []int32 // by function, where its callees end
}

// add adds a call by the function at hand, unless an imported function is called.
func (c *calls) add(callee int) {
	if callee >= 0 {
		c.callees = append(c.callees, int32(callee))
	}
}

// end goes on to the next function.
func (c *calls) end() { c.ends = append(c.ends, int32(len(c.callees))) }

// order returns all functions, each behind those that it calls, but for one of each circle: by depth-first search.
func (c *calls) order() []int32 {
	order := make([]int32, 0, len(c.ends))
	next := make([]int32, len(c.ends)) // by function, its callee that is looked at next
	for f := 1; f < len(next); f++ {
		next[f] = c.ends[f-1]
	}
	seen := make([]bool, len(c.ends))
	var path []int32
	for f := range c.ends {
		if !seen[f] {
			seen[f] = true
			path = append(path, int32(f))
		}
		for len(path) > 0 {
			top := path[len(path)-1]
			if next[top] == c.ends[top] {
				order = append(order, top)
				path = path[:len(path)-1]
				continue
			}
			callee := c.callees[next[top]]
			next[top]++
			if !seen[callee] {
				seen[callee] = true
				path = append(path, callee)
			}
		}
	}
	return order
}
