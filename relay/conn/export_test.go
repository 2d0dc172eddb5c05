package conn

import "hallway/relay/guard"

// LimitHalves bounds the bytes that a transport holds of messages of which only a part has come.
func LimitHalves(t Transport, most int) {
	t.(interface{ limitHalves(*guard.Halves[bool]) }).limitHalves(guard.NewHalvesOfClients(most))
}

func (p *Portable) limitHalves(h *guard.Halves[bool]) { p.halves = h }
