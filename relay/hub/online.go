package hub

// Online is who is in a room now: the number of connections by user id. It is
// the caller's own.
func (h *Hub) Online(name string) map[string]int {
	r := h.rooms[name]
	if r == nil {
		return nil
	}
	online := make(map[string]int, r.here)
	for u, p := range r.users {
		for _, m := range p.members {
			if m.joined {
				online[u.id]++
			}
		}
	}
	return online
}
