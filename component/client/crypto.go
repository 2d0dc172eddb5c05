package client

import "hallway/protocol"

// Crypto asks the shell to carry out one op of cryptography in an end-to-end encrypted room.
// It is answered by [CryptoDone]. Ops are carried out in order.
//
// The core knows a secret by its kid, and a device by its id. The shell's vault holds the
// secrets, the private keys and the checked public keys, for the chat's relay and
// room. It forgets them when another user's device is opened.
type Crypto struct {
	Req int // in the same sequence as requests over REST
	Op  CryptoOp
}

// CryptoDone answers a [Crypto].
type CryptoDone struct {
	Req    int
	Result CryptoResult
	Err    error // the op failed: keys or cryptography are not available here
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

// CryptoResult is the result of a [CryptoOp]; each result names its op.
type CryptoResult interface{ cryptoResult() }

// The ops.
type (
	// OpenDevice loads the user's device, or makes one, with a certificate from the host's
	// getDevice. A stored certificate is used again for most of its lifetime, unless Renew is set.
	// The device counts as checked. The vault also loads the turn that [KeepTurn] has stored, with its secret.
	// Answered by [DeviceOpened].
	OpenDevice struct {
		User  string
		Renew bool // the relay has refused the certificate, or it is about to expire
	}
	// KeepTurn stores the newest turn on disk, and its secret's wrap if there is one. It replaces
	// the stored turn unless that has a higher number: all tabs of the device share
	// it. Answered by [TurnKept] once it is safe.
	KeepTurn struct {
		Turn protocol.Turn
		Wrap *protocol.Wrap // for this device; nil: the secret did not come by one
	}
	// CheckDevices checks for each device that its id matches its keys, that its signature binds
	// them to the user of the certificate, and that the host's issuer has signed the
	// certificate for them. It ignores the lifetime. The vault remembers the keys of a
	// good one. Answered by [DevicesChecked].
	CheckDevices struct{ Devices []protocol.Device }
	// CheckTurn checks the signature of a turn, whose maker's device was checked before.
	// Answered by [TurnChecked].
	CheckTurn struct{ Turn protocol.Turn }
	// MakeTurn makes a secret and a turn that gives it to checked devices, and
	// signs the turn. The core has set all its fields but Kid, Link and Sig. Answered by [TurnMade].
	MakeTurn struct {
		Turn protocol.Turn
		// Link asks for the link to PrevKid, whose secret the vault has.
		Link bool
		To   []string // ids of devices
	}
	// Unwrap decrypts a turn's secret from a wrap for this device. Answered by
	// [KeysFound], without a kid if the wrap does not contain that secret.
	Unwrap struct {
		Kid  string
		Wrap protocol.Wrap
	}
	// ReadBack follows the links of turns, the newest first. The vault has the secret of the
	// first one and decrypts the older ones. Answered by [KeysFound].
	ReadBack struct{ Turns []protocol.Turn }
	// WrapKey encrypts a secret for checked devices. Answered by [KeyWrapped].
	WrapKey struct {
		Kid string
		To  []string // ids of devices
	}
	// Seal signs contents and encrypts them. Answered by [ContentsSealed].
	Seal struct {
		Kid      string // of a secret; or e2ee.OwnKid, for this device alone
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
		Turn   *protocol.Turn // the stored turn; nil: none
		// HasKey reports that the vault has the secret of Turn.
		HasKey bool
		// Offered is the highest number of a turn that the device has made, whether or not a relay has taken it.
		Offered int64
		// Fleeting reports that keys cannot be stored: the device ends with the page.
		Fleeting bool
	}
	// TurnKept answers [KeepTurn].
	TurnKept struct {
		N      int64          // the number of the stored turn
		Higher *protocol.Turn // the stored turn, if it has a higher number
	}
	// DevicesChecked answers [CheckDevices], in the order of the devices.
	DevicesChecked struct{ Certs []Certificate }
	// TurnChecked answers [CheckTurn].
	TurnChecked struct {
		OK bool
		// Hash is the hash of the signed bytes: the Prev of the turn that follows.
		Hash string
		// Code is the number that people compare: six groups of five digits, separated by spaces. It is the
		// same for all who have this turn.
		Code string
	}
	// TurnMade answers [MakeTurn].
	TurnMade struct {
		Turn  protocol.Turn
		Wraps []protocol.Wrap // in the order of To
	}
	// KeysFound answers [Unwrap] and [ReadBack]: the kids of the secrets that the vault has gained.
	KeysFound struct{ Kids []string }
	// KeyWrapped answers [WrapKey]. It leaves out devices with an unusable key.
	KeyWrapped struct{ Wraps []protocol.Wrap }
	// ContentsSealed answers [Seal], in the order of the contents.
	ContentsSealed struct{ Sealed []protocol.Encrypted }
	// ContentsOpened answers [Open], in the order of the messages.
	ContentsOpened struct{ Opened []OpenedContent }
)

// Certificate holds the claims of the host's issuer about a device. A bad device has the zero
// value.
type Certificate struct {
	Device string // the device's id
	User   string
	Name   string
	Role   protocol.Role // in the chat's room; "": it does not open the room
	// From and Until are Unix seconds.
	From, Until int64
}

// Place identifies the message of a sealed content. The encryption binds the content to it.
type Place struct {
	ID      string // the message's
	Sender  string // the user's id
	ReplyTo string
	SentAt  string
}

// Content is the content of a message, with its place.
type Content struct {
	Place
	Edit     int64 // the number of the edit; 0: the original
	Text     string
	Mentions []protocol.Mention
	Files    []protocol.SealedFile // with their keys
}

// SealedContent is an encrypted content, with its place.
type SealedContent struct {
	Place
	Sealed protocol.Encrypted
}

// OpenedContent is a decrypted content, with its author's device.
type OpenedContent struct {
	Content
	Device string // the id of the device that signed it
	State  Opening
}

// Opening is the outcome of decrypting a message.
type Opening uint8

// The outcomes of decrypting a message.
const (
	OpenedWell    Opening = iota // decrypted, and the signature is the device's
	OpenedBad                    // altered: decryption or signature fails
	OpenedUnknown                // decrypted, but the device was not checked: do not trust Content yet
	OpenedNoKey                  // the vault lacks the secret
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
