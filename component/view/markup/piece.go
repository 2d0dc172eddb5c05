package markup

// pieceKind says how a piece of a text is shown.
type pieceKind uint8

const (
	PieceText pieceKind = iota
	PieceName           // what somebody is called, in whatever script
	PieceMark           // what was looked for
)

// Piece is a part of a line of text.
type Piece struct {
	Kind pieceKind
	Text string
}
