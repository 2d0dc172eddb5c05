package rules

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"math/big"
	"slices"

	"hallway/e2ee"
	"hallway/protocol"
)

// register stores the sender's device.
func register(s *Set, op *Op, do Register) Outcome {
	d, user := do.Device, op.Sender.ID
	had := s.Vault.Device(d.ID)
	switch {
	case had != nil && had.User != user:
		return refuse(protocol.CodeConflict, "this device belongs to another user")
	case had != nil && had.Deleted:
		return refuse(protocol.CodeForbidden, "this device was deleted: it needs new keys")
	case had == nil && (point(d.Sign) == nil || point(d.Box) == nil):
		return refuse(protocol.CodeBadRequest, "device.sign and device.box must be points of P-256")
	case (had == nil || had.Sign != d.Sign || had.Box != d.Box || had.Sig != d.Sig) && !bound(&d, user):
		return refuse(protocol.CodeForbidden, "device.sig does not bind the device's keys to you")
	}
	lapsed := s.Now - microseconds(DeviceTime)
	if (had == nil || had.SeenAt <= lapsed) && s.Vault.UserDevices(user, lapsed) >= protocol.UserDevicesMax {
		return refuse(protocol.CodeConflict, "you have too many devices: delete one")
	}
	if had == nil || had.Device != d || s.Now-had.SeenAt >= microseconds(seenEvery) {
		s.Forgets = s.Forgets || had != nil && had.Cert != d.Cert
		s.Vault.SaveDevice(&Device{Device: d, User: user, SeenAt: s.Now})
	}
	return Outcome{Result: Registered{Device: d}}
}

// unregister deletes a device. Its record stays for the messages that the device has signed.
func unregister(s *Set, op *Op, do Unregister) Outcome {
	d := s.Vault.Device(do.ID)
	switch {
	case d == nil || d.Deleted:
		return refuse(protocol.CodeNotFound, "there is no such device")
	case d.User != op.Sender.ID && !do.Any && !organizes(s, do):
		return refuse(protocol.CodeForbidden, "this device belongs to another user")
	}
	d.Deleted = true
	s.Vault.SaveDevice(d)
	due := s.Vault.Leave(Leaver{Device: d.ID})
	s.Forgets = true
	if d.User != op.Sender.ID {
		s.audit(op, "delete_device", d.User, "", details(nil).text("device", d.ID))
	}
	return Outcome{Result: Unregistered{ID: d.ID, User: d.User, Due: due}}
}

// organizes reports whether the sender is an organizer of a room in which the device is or was.
func organizes(s *Set, do Unregister) bool {
	return do.Grants != nil && slices.ContainsFunc(s.Vault.DeviceRooms(do.ID), func(room string) bool {
		role, ok := do.Grants.Role(room)
		return ok && role == protocol.RoleOrganizer
	})
}

// DeviceID returns the id of the device with a signing key.
func DeviceID(sign protocol.PublicKey) string {
	thumbprint := sha256.Sum256([]byte(e2ee.JWK(sign)))
	return e2ee.DeviceID(thumbprint[:])
}

// bound reports whether the device has signed that its keys belong to the user, and both keys are points of P-256.
func bound(d *protocol.Device, user string) bool {
	sign, box, sig := point(d.Sign), point(d.Box), e2ee.Decode(d.Sig)
	if sign == nil || box == nil || len(sig) != 64 {
		return false
	}
	digest := sha256.Sum256(e2ee.DeviceBytes(user, d.Box))
	return ecdsa.Verify(sign, digest[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:]))
}

// point decodes a public key; nil if it is not valid.
func point(k protocol.PublicKey) *ecdsa.PublicKey {
	x, y := e2ee.Decode(k.X), e2ee.Decode(k.Y)
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), slices.Concat([]byte{4}, x, y))
	if err != nil {
		return nil
	}
	return key
}
