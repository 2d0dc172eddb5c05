package media

import (
	"bytes"
	"encoding/binary"
)

const (
	// exifBytesMax bounds the EXIF that is searched for an orientation.
	exifBytesMax   = 64 << 10
	tagOrientation = 0x0112
	typeShort      = 3
	entryBytes     = 12
)

// orientation returns the orientation in EXIF, or 0.
func orientation(exif []byte) int {
	exif = bytes.TrimPrefix(exif, []byte("Exif\x00\x00"))
	if len(exif) < 8 {
		return 0
	}
	var order binary.ByteOrder
	switch string(exif[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 0
	}
	at := uint64(order.Uint32(exif[4:]))
	if at+2 > uint64(len(exif)) {
		return 0
	}
	entries := uint64(order.Uint16(exif[at:]))
	for at += 2; entries > 0 && at+entryBytes <= uint64(len(exif)); entries, at = entries-1, at+entryBytes {
		entry := exif[at : at+entryBytes]
		if order.Uint16(entry) != tagOrientation || order.Uint16(entry[2:]) != typeShort {
			continue
		}
		if o := int(order.Uint16(entry[8:])); o >= 1 && o <= 8 {
			return o
		}
		return 0
	}
	return 0
}
