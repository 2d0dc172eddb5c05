// This file joins the runtime of the browser build. The patched assembler calls it at nil checks.

#include "textflag.h"

// sigpanicAt goes on to sigpanic as if the program counter handed in as PC_B had called it.
TEXT runtime·sigpanicAt(SB), NOSPLIT|NOFRAME, $0-0
	Get SP
	I32Const $8
	I32Sub
	Set SP
	Get SP
	Get PC_B
	I64ExtendI32U
	I64Store $0
	JMP runtime·sigpanic<ABIInternal>(SB)
