package conn

// LimitHalves has a transport hold no more bytes of messages that are not whole.
func LimitHalves(t Transport, most int) { t.(interface{ ofHalves() *halves }).ofHalves().most = most }

func (p *Portable) ofHalves() *halves { return p.halves }
