package lock

import (
	"slices"

	"hallway/component/client"
	"hallway/protocol"
)

// readers lists the users who can read the room, while the list is shown.
type readers struct {
	*env
	records *records
	turns   *turns

	list []client.Reader
}

// show loads the list of readers, or clears it.
func (r *readers) show(on bool) {
	r.list, r.step.Changed = nil, true
	if !on || !r.records.device.joined {
		return
	}
	r.records.withMembers(func(ids []string) {
		r.list, r.step.Changed = nil, true
		for _, id := range r.records.admitted(ids, r.turns.out()) {
			cert := r.records.certOf(id)
			i := 0
			for i < len(r.list) && r.list[i].User.ID != cert.User {
				i++
			}
			if i == len(r.list) {
				r.list = append(r.list, client.Reader{User: protocol.User{ID: cert.User, Name: cert.Name, Role: cert.Role}})
			}
			r.list[i].Devices = append(slices.Clip(r.list[i].Devices), id)
		}
	})
}
