// This file joins the assembler of the toolchain, cmd/internal/obj/wasm, when the browser build compiles its own compiler.
// patches/assembler.diff calls its functions.

package wasm

import "cmd/internal/obj"

// Marks of a resume point, beside those of the assembler.
const (
	entered  = 1 << (8 + iota) // PC_B names it: it follows a call, is a call of deferreturn, or the target of a jump back
	jumpedTo                   // the target of a jump forward
	passed                     // its block ends before the instruction at hand
)

// nilCheckPC is the PC_B of every nil check of a function: after its prologue. The runtime reads the height of the stack by
// it and nothing else, since a function that panics goes on at its call of deferreturn.
const nilCheckPC = 1

// layout describes the resume points of a function.
type layout struct {
	resumePoints int      // blocks that end at a resume point
	table        []uint64 // PC_B to block; empty where no PC_B is ever handed in
	size         int64    // PC_Bs of the function
}

// pcState follows the tables from program counters to values, to find their changes.
type pcState struct {
	now, before [8]int64
	changed     bool // since the last PC_B
}

func (s *pcState) set(index, value int64) {
	s.now[index] = value
	s.changed = s.now != s.before
}

// next begins a new PC_B.
func (s *pcState) next() { s.before, s.changed = s.now, false }

// renew begins a new PC_B with another height of the stack.
func (s *pcState) renew() {
	s.before[0] = -1 << 63
	s.changed = true
}

// layOut numbers the program counters of a function and turns its resume points into ends of blocks. A resume point that
// neither a jump nor a PC_B leads to is dropped.
func layOut(ctxt *obj.Link, s *obj.LSym) layout {
	var l layout
	var state pcState
	state.renew()
	pc, tablePC, depth := int64(0), int64(0), 0
	region, nilChecks := uint64(0), false
	for p := s.Func().Text; p != nil; p = p.Link {
		switch p.As {
		case ABlock, ALoop, AIf:
			depth++
		case AEnd:
			depth--
		case ARESUMEPOINT, obj.ACALL:
			if depth != 0 {
				panic("CALL and RESUMEPOINT can only be used on toplevel")
			}
		case obj.APCDATA:
			state.set(p.From.Offset, p.To.Offset)
		}
		if p.As == ARESUMEPOINT {
			switch {
			case p.Mark&(entered|jumpedTo) == 0:
				p.As = obj.ANOP
			default:
				p.As = AEnd
				l.resumePoints++
			}
			if p.Mark&entered != 0 {
				for ; tablePC <= pc; tablePC++ {
					l.table = append(l.table, region)
				}
				region = uint64(l.resumePoints)
				pc++
				state.next()
			}
		}
		p.Pc = pc
		switch {
		case p.Spadj != 0:
			pc++
			state.renew()
		case isNilCheck(p):
			nilChecks = true
		case p.As == ACALLNORESUME && state.changed:
			pc++
			state.next()
		}
	}
	if nilChecks {
		pc = max(pc, nilCheckPC)
	}
	if len(l.table) > 0 {
		l.table = append(l.table, region)
	}
	l.size = pc + 1
	if pc >= 1<<16 {
		ctxt.Diag("function too big: %s exceeds 65536 blocks", s)
	}
	return l
}

// markResumePoints marks the resume points that something leads to. It returns the resume point of each target of a jump.
func markResumePoints(s *obj.LSym) map[*obj.Prog]*obj.Prog {
	at := make(map[*obj.Prog]*obj.Prog)
	for p := s.Func().Text; p != nil; p = p.Link {
		if p.As == obj.AJMP && p.To.Type == obj.TYPE_BRANCH {
			at[p.To.Target()] = nil
		}
	}
	var last *obj.Prog
	for p := s.Func().Text; p != nil; p = p.Link {
		if p.As == ARESUMEPOINT {
			last = p
		}
		if _, target := at[p]; target {
			at[p] = last
		}
		if p.As == obj.ACALL && p.To.Sym != nil && p.To.Sym.Name == "runtime.deferreturn" {
			last.Mark |= entered
		}
	}
	seen := make(map[*obj.Prog]bool)
	for p := s.Func().Text; p != nil; p = p.Link {
		if p.As == ARESUMEPOINT {
			seen[p] = true
		}
		if p.As != obj.AJMP || p.To.Type != obj.TYPE_BRANCH {
			continue
		}
		if to := at[p.To.Target()]; seen[to] || !directJumps {
			to.Mark |= entered
		} else {
			to.Mark |= jumpedTo
		}
	}
	return at
}

// isNilCheck reports whether p is the panic of a nil check.
func isNilCheck(p *obj.Prog) bool { return p.As == ACALLNORESUME && p.To.Sym == sigpanic }

// branchTo makes p a branch out of the block that ends at a resume point.
func branchTo(p *obj.Prog, as obj.As, end *obj.Prog) {
	p.As = as
	p.To = obj.Addr{Type: obj.TYPE_BRANCH, Val: end}
}

// branchIf turns `if jump end`, with a jump forward, into one instruction.
func branchIf(p *obj.Prog, resumeAt map[*obj.Prog]*obj.Prog) {
	jmp := p.Link
	if jmp.As != obj.AJMP || jmp.To.Type != obj.TYPE_BRANCH || jmp.Link.As != AEnd || p.From.Offset != 0 {
		return
	}
	if to := resumeAt[jmp.To.Target()]; directJumps && to.Mark&passed == 0 {
		branchTo(p, ABrIf, to)
		jmp.As, jmp.To = obj.ANOP, obj.Addr{}
		jmp.Link.As = obj.ANOP
	}
}

// blockDepths returns the depth of each block, by its beginning and by its end.
func blockDepths(s *obj.LSym) map[*obj.Prog]int {
	depths := make(map[*obj.Prog]int)
	depth := 0
	for p := s.Func().Text; p != nil; p = p.Link {
		switch p.As {
		case ABlock, ALoop, AIf:
			depth++
			depths[p] = depth
		case AEnd:
			depths[p] = depth
			depth--
		}
	}
	return depths
}

// countAddresses returns the number of return addresses that a function writes; 0 if it calls deferreturn, since the linker looks
// for the whole address beside that call.
func countAddresses(s *obj.LSym) int {
	n := 0
	for p := s.Func().Text; p != nil; p = p.Link {
		switch {
		case p.As == AI64Const && p.From.Sym == s:
			n++
		case p.As == ACall && p.To.Sym != nil && p.To.Sym.Name == "runtime.deferreturn":
			return 0
		}
	}
	return n
}
