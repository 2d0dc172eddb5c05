package markup

// PieceKind says how a piece of a text is shown.
type pieceKind uint8

const (
	PieceText pieceKind = iota
	PieceName           // a user's name, in any script
	PieceMark           // a match of a search
)

// Piece is a part of a line of text.
type Piece struct {
	Kind pieceKind
	Text string
}
