package conn

import "hallway/relay/guard"

// LimitHalves bounds the bytes that a transport holds of incomplete messages.
func LimitHalves(t Transport, most int) {
	t.(interface{ limitHalves(*guard.Halves[bool]) }).limitHalves(guard.NewHalvesOfClients(most))
}

func (p *Portable) limitHalves(h *guard.Halves[bool]) { p.halves = h }
