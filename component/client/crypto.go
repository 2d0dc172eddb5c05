package client

import "hallway/protocol"

// Crypto asks the shell for cryptography in an end-to-end encrypted room: one op, in which
// everything that waits is batched. It is answered by [CryptoDone]. Ops are carried out in
// their order.
//
// The core names a secret by its kid, and a device by its id. The secrets, the private keys
// and the checked public keys are the shell's: its vault has them, for the chat's relay and
// room, and forgets all that it holds in memory when another user's device is opened.
type Crypto struct {
	Req int // numbered as the requests over REST are
	Op  CryptoOp
}

// CryptoDone answers a [Crypto].
type CryptoDone struct {
	Req    int
	Result CryptoResult
	Err    error // nothing was done: keys or cryptography cannot be had here
}

// FetchTurns reads the room's turns before a number, the newest first; answered by
// [TurnsLoaded] or [RequestFailed].
type FetchTurns struct {
	Req    int
	Token  string
	Before int64
	Limit  int
}

// TurnsLoaded answers [FetchTurns].
type TurnsLoaded struct {
	Req   int
	Turns []protocol.Turn
	More  bool
}

// FetchDevices reads devices of the room by their ids, or, if there are none, the devices of
// its members; answered by [DevicesLoaded] or [RequestFailed].
type FetchDevices struct {
	Req   int
	Token string
	IDs   []string
}

// DevicesLoaded answers [FetchDevices].
type DevicesLoaded struct {
	Req     int
	Devices []protocol.Device
}

// CryptoOp is one piece of cryptography.
type CryptoOp interface{ cryptoOp() }

// CryptoResult is what came of a [CryptoOp]. Each names its op.
type CryptoResult interface{ cryptoResult() }

// The ops.
type (
	// OpenDevice loads the user's device, or makes one, with a certificate that the host's
	// getDevice gives; a kept one is used again for most of its time, unless Renew is set.
	// The device counts as checked. It also loads what [KeepTurn] has kept, and takes that secret back into the vault.
	// Answered by [DeviceOpened].
	OpenDevice struct {
		User  string
		Renew bool // the relay has refused the certificate, or it is about to expire
	}
	// KeepTurn keeps the newest turn on disk, and its secret's wrap if there is one, in place
	// of the turn kept before, unless that has a higher number: all tabs of the device share
	// this. Answered by [TurnKept] once it is stored safely.
	KeepTurn struct {
		Turn protocol.Turn
		Wrap *protocol.Wrap // for this device; nil: the secret did not come by one
	}
	// CheckDevices checks each device: that its id is of its keys, that its signature binds
	// them to the user of the certificate, and that the host's issuer has signed the
	// certificate for them. It does not look at the time. The vault remembers the keys of a
	// good one. Answered by [DevicesChecked].
	CheckDevices struct{ Devices []protocol.Device }
	// CheckTurn checks the signature of a turn. Its maker's device was checked before.
	// Answered by [TurnChecked].
	CheckTurn struct{ Turn protocol.Turn }
	// MakeTurn makes a secret and a turn that hands it to devices that were checked, and
	// signs it. Everything but Kid, Link and Sig is set. Answered by [TurnMade].
	MakeTurn struct {
		Turn protocol.Turn
		// Link asks for the link to PrevKid, whose secret the vault has.
		Link bool
		To   []string // ids of devices
	}
	// Unwrap opens the secret of a turn that a wrap brings to this device. Answered by
	// [KeysFound]: without a kid if the wrap does not bring that secret.
	Unwrap struct {
		Kid  string
		Wrap protocol.Wrap
	}
	// ReadBack follows the links of turns, the newest first, from the first one's secret,
	// which the vault has, to the secrets before. Answered by [KeysFound].
	ReadBack struct{ Turns []protocol.Turn }
	// WrapKey wraps a secret for devices that were checked. Answered by [KeyWrapped].
	WrapKey struct {
		Kid string
		To  []string // ids of devices
	}
	// Seal signs contents and encrypts them. Answered by [ContentsSealed].
	Seal struct {
		Kid      string
		Contents []Content
	}
	// Open decrypts messages, and checks their signatures if the device was checked before.
	// Answered by [ContentsOpened].
	Open struct{ Messages []SealedContent }
)

// The results.
type (
	// DeviceOpened answers [OpenDevice].
	DeviceOpened struct {
		Device protocol.Device
		Cert   Certificate
		Turn   *protocol.Turn // the one kept; nil: none
		// HasKey tells that the vault has the secret of Turn.
		HasKey bool
		// Fleeting tells that keys cannot be stored: the device lives with the page.
		Fleeting bool
	}
	// TurnKept answers [KeepTurn]. N is the number of the turn that is kept now.
	TurnKept struct{ N int64 }
	// DevicesChecked answers [CheckDevices], in the order of the devices.
	DevicesChecked struct{ Certs []Certificate }
	// TurnChecked answers [CheckTurn].
	TurnChecked struct {
		OK bool
		// Hash is the hash of the signed bytes: the Prev of the turn that follows.
		Hash string
		// Code is what people compare: six groups of five digits with spaces between. It is the
		// same for all who have this turn.
		Code string
	}
	// TurnMade answers [MakeTurn].
	TurnMade struct {
		Turn  protocol.Turn
		Wraps []protocol.Wrap // in the order of To
	}
	// KeysFound answers [Unwrap] and [ReadBack]: the kids whose secrets the vault has gained.
	KeysFound struct{ Kids []string }
	// KeyWrapped answers [WrapKey]. A device whose key cannot be used is left out.
	KeyWrapped struct{ Wraps []protocol.Wrap }
	// ContentsSealed answers [Seal], in the order of the contents.
	ContentsSealed struct{ Sealed []protocol.Encrypted }
	// ContentsOpened answers [Open], in the order of the messages.
	ContentsOpened struct{ Opened []OpenedContent }
)

// Certificate is what the host's issuer says of a device. The zero value is that of a bad
// one.
type Certificate struct {
	Device string // the device's id
	User   string
	Name   string
	Role   protocol.Role // in the chat's room; "": it does not open the room
	// From and Until are Unix seconds.
	From, Until int64
}

// Place is where a sealed content belongs: its encryption binds it there.
type Place struct {
	ID      string // the message's
	Sender  string // the user's id
	ReplyTo string
	SentAt  string
}

// Content is what a message says.
type Content struct {
	Place
	Edit     int64 // the number of the edit; 0: the original
	Text     string
	Mentions []protocol.Mention
	Files    []protocol.SealedFile // with their keys
}

// SealedContent is a message that is to be opened.
type SealedContent struct {
	Place
	Sealed protocol.Encrypted
}

// OpenedContent is what a message says, by whom.
type OpenedContent struct {
	Content
	Device string // the id of the device that has signed it
	State  Opening
}

// Opening says how far a message could be opened.
type Opening uint8

// The ways in which an opening ends.
const (
	OpenedWell    Opening = iota // decrypted, and the signature is the device's
	OpenedBad                    // altered: decryption or signature fails
	OpenedUnknown                // decrypted, but the device was not checked: Content counts for nothing yet
	OpenedNoKey                  // the vault has no such secret
)

func (Crypto) effect()       {}
func (FetchTurns) effect()   {}
func (FetchDevices) effect() {}

func (CryptoDone) event()    {}
func (TurnsLoaded) event()   {}
func (DevicesLoaded) event() {}

func (OpenDevice) cryptoOp()   {}
func (KeepTurn) cryptoOp()     {}
func (CheckDevices) cryptoOp() {}
func (CheckTurn) cryptoOp()    {}
func (MakeTurn) cryptoOp()     {}
func (Unwrap) cryptoOp()       {}
func (ReadBack) cryptoOp()     {}
func (WrapKey) cryptoOp()      {}
func (Seal) cryptoOp()         {}
func (Open) cryptoOp()         {}

func (DeviceOpened) cryptoResult()   {}
func (TurnKept) cryptoResult()       {}
func (DevicesChecked) cryptoResult() {}
func (TurnChecked) cryptoResult()    {}
func (TurnMade) cryptoResult()       {}
func (KeysFound) cryptoResult()      {}
func (KeyWrapped) cryptoResult()     {}
func (ContentsSealed) cryptoResult() {}
func (ContentsOpened) cryptoResult() {}
