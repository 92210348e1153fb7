package hostfuncs

// reply is (ptr, len). The bytes are copied out at once, into a buffer that the instance keeps for the next reply.
func reply(f *Frame) error {
	ptr, n := f.U32(0), f.U32(1)
	if _, err := f.View(ptr, n); err != nil {
		return err
	}
	if limit := f.host.runner.Limits.Reply; int64(n) > limit {
		return &LimitError{Function: f.function, Limit: "reply", Value: limit, Got: int64(n)}
	}
	b, err := f.text(ptr, n)
	if err != nil {
		return err
	}
	f.host.reply = append(f.host.reply[:0], b...)
	return nil
}
