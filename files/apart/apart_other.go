//go:build !unix

package apart

import "hallway/files/intake"

// Command is not used on this system.
const Command = "process-picture"

// Processor returns a processor in this process.
func Processor() intake.Processor { return intake.Process }

// Main does nothing on this system.
func Main(string) int { return 1 }
