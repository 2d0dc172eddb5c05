package e2ee

import "hallway/protocol"

// CertificateType is the typ of a certificate's header. A relay refuses such a token as a
// bearer token.
const CertificateType = "hallway-device+jwt"

// CertificateMax is the longest lifetime of a certificate, in seconds.
const CertificateMax = 7 * 24 * 3600

// Certificate holds the claims of the host's token issuer about a device.
type Certificate struct {
	User, Name string
	Role       protocol.Role // the role in the room; "": the certificate does not open the room
	From       int64         // Unix seconds
	Until      int64
	JKT        string // base64url of the whole thumbprint of the device's sign key
}

// ReadCertificate reads a certificate for a room. It checks neither the signature nor the
// lifetime. ok is false if the header or the claims are not those of a certificate.
func ReadCertificate(token, room string) (c Certificate, ok bool) {
	claims, ok := protocol.ReadDeviceClaims(token)
	if !ok || claims.Type != CertificateType || claims.Alg != "ES256" {
		return c, false
	}
	c = Certificate{User: claims.Subject, Name: claims.Name, From: claims.Issued, Until: claims.Expires, JKT: claims.JKT}
	if c.Name == "" {
		c.Name = c.User
	}
	for _, r := range claims.Rooms {
		if protocol.MatchRoom(r.Room, room) {
			c.Role = r.Role
			break // the first match counts
		}
	}
	good := len(Decode(c.JKT)) == 32 && c.From > 0 && c.Until > c.From && c.Until-c.From <= CertificateMax
	return c, good
}
