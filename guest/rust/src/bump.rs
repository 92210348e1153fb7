//! Where memory is taken from, in addresses alone: so it can be tested without any.

/// Takes memory from the end of what it has, and all of it again once everything was freed.
pub struct Bump {
    base: usize,
    top: usize, // what is below is taken
    end: usize,
    live: usize, // pieces that weren't freed
}

impl Bump {
    pub const fn new() -> Bump {
        Bump { base: 0, top: 0, end: 0, live: 0 }
    }

    /// Returns the address of `size` free bytes. `more` gets memory of at least so many bytes, and returns where it begins
    /// and ends.
    pub fn alloc(
        &mut self,
        size: usize,
        align: usize,
        more: impl Fn(usize) -> Option<(usize, usize)>,
    ) -> Option<usize> {
        let fits = |bump: &Bump| {
            let at = bump.top.checked_next_multiple_of(align)?;
            let top = at.checked_add(size)?;
            (top <= bump.end).then_some((at, top))
        };
        let (at, top) = match fits(self) {
            Some(found) => found,
            None => {
                let (start, end) = more(size.checked_add(align)?)?;
                if start != self.end {
                    (self.base, self.top) = (start, start);
                }
                self.end = end;
                fits(self)?
            }
        };
        self.top = top;
        self.live += 1;
        Some(at)
    }

    /// Makes the last piece larger where it is, and tells whether it is the last and there is room.
    pub fn extend(&mut self, at: usize, size: usize, to: usize) -> bool {
        let room = at + size == self.top && to <= self.end - at;
        if room {
            self.top = at + to;
        }
        room
    }

    pub fn free(&mut self, at: usize, size: usize) {
        self.live -= 1;
        if self.live == 0 {
            self.top = self.base;
        } else if at + size == self.top {
            self.top = at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The memory of all tests but one.
    fn memory(_: usize) -> Option<(usize, usize)> {
        Some((1000, 1100))
    }

    #[test]
    fn pieces_follow_one_another() {
        let mut b = Bump::new();
        assert_eq!(b.alloc(5, 1, memory), Some(1000));
        assert_eq!(b.alloc(8, 8, memory), Some(1008));
        assert_eq!(b.alloc(1, 1, memory), Some(1016));
    }

    #[test]
    fn the_last_piece_is_free_at_once_and_the_others_with_all() {
        let mut b = Bump::new();
        let first = b.alloc(10, 1, memory).unwrap();
        let second = b.alloc(10, 1, memory).unwrap();
        let third = b.alloc(10, 1, memory).unwrap();
        b.free(third, 10);
        assert_eq!(b.alloc(10, 1, memory), Some(third));
        b.free(first, 10);
        b.free(second, 10);
        assert_eq!(b.alloc(1, 1, memory), Some(1030), "one piece is still there");
        b.free(third, 10);
        b.free(1030, 1);
        assert_eq!(b.alloc(1, 1, memory), Some(1000), "nothing was left");
    }

    #[test]
    fn only_the_last_piece_can_be_extended_and_only_into_room() {
        let mut b = Bump::new();
        let first = b.alloc(10, 1, memory).unwrap();
        assert!(b.extend(first, 10, 100));
        assert!(!b.extend(first, 100, 101));
        assert!(b.extend(first, 100, 20));
        let second = b.alloc(10, 1, memory).unwrap();
        assert_eq!(second, 1020);
        assert!(!b.extend(first, 20, 21));
    }

    #[test]
    fn more_memory_continues_or_begins_anew() {
        let mut b = Bump::new();
        assert_eq!(b.alloc(90, 1, memory), Some(1000));
        assert_eq!(b.alloc(20, 1, |_| Some((1100, 1200))), Some(1090), "behind what is there");
        assert_eq!(b.alloc(100, 1, |_| Some((2000, 2200))), Some(2000), "somewhere else");
        assert_eq!(b.alloc(150, 1, |_| None), None);
        assert_eq!(b.alloc(usize::MAX, 1, memory), None);
        assert_eq!(b.alloc(50, 1, memory), Some(2100), "a refusal changes nothing");
    }
}
