package core

import (
	"fmt"
	"strings"

	"hallway/component/client"
	"hallway/protocol"
)

// This part of the scripts' language is about files. A script names a file by a number, like a message.

// fileEvent reads a user's action on a file, or the result of an upload.
func (s *script) fileEvent(verb string, arg []string) (client.Event, bool) {
	if len(arg) == 0 {
		return nil, false
	}
	id := testUUID(arg[0])
	switch verb {
	case "welcome-files": // welcome-files USER: the relay takes 3 files of 100 bytes
		f := protocol.Welcome{
			User: protocol.User{ID: arg[0], Name: arg[0]}, HeartbeatMs: 10000, TimeoutMs: 5000, Features: []string{protocol.FeatureFiles},
			Limits: protocol.Limits{TextBytes: 4000, FrameBytes: 65536, FileBytes: 100, MessageFiles: 3},
		}
		return client.Received{Gen: s.gen, Data: f.Append(nil)}, true
	case "attach": // attach N BYTES [NAME]
		f := client.Attachment{ID: id, Name: strings.Join(arg[2:], " "), Size: int64(number(arg, 1))}
		return client.AttachFile{File: f}, true
	case "detach":
		return client.DetachFile{ID: id}, true
	case "retry-file":
		return client.RetryFile{ID: id}, true
	case "describe": // describe N ALT
		return client.DescribeFile{ID: id, Alt: strings.Join(arg[1:], " ")}, true
	case "send-files": // send-files N FILE,FILE,… [TEXT]
		ev := client.SendText{ID: id, Text: strings.Join(arg[2:], " ")}
		for _, n := range strings.Split(arg[1], ",") {
			ev.Files = append(ev.Files, testUUID(n))
		}
		return ev, true
	case "progress": // progress N BYTES
		return client.UploadProgress{Req: s.uploads[arg[0]], Sent: int64(number(arg, 1))}, true
	case "uploaded":
		return client.UploadDone{Req: s.uploads[arg[0]], File: protocol.File{ID: id, Type: "image/png", Size: 9, Width: 2, Height: 1}}, true
	case "upload-refused": // upload-refused N STATUS [CODE WHY]
		ev := client.UploadRefused{Req: s.uploads[arg[0]], Status: number(arg, 1)}
		if len(arg) > 2 {
			ev.Code, ev.Why, ev.Reason = protocol.Code(arg[2]), protocol.Why(arg[3]), "because"
		}
		return ev, true
	case "peer-hand": // peer-hand N FILE STATE [uploads]: another page hands over a message with a file
		file := client.Attachment{ID: testUUID(arg[1]), Name: "x.png", Size: 7, State: client.UploadState(arg[2])}
		item := client.Item{ID: id, Text: "text", Order: 1<<52 + int64(number(arg, 0)), Files: []client.Attachment{file}}
		if file.State == client.UploadFailed {
			item.Code, item.Reason = protocol.CodeForbidden, "because"
		}
		return client.PeerSaid{Note: client.Note{Kind: client.NoteHand, Item: item, Uploads: len(arg) > 3}}, true
	case "bytes-lost":
		return client.UploadRefused{Req: s.uploads[arg[0]], Lost: true}, true
	}
	return nil, false
}

// describeFileEffect describes an effect about files, or returns "" for any other.
func (s *script) describeFileEffect(e client.Effect) string {
	switch e := e.(type) {
	case client.Upload:
		if s.uploads == nil {
			s.uploads = map[string]int{}
		}
		s.uploads[short(e.ID)] = e.Req
		return strings.TrimSuffix(fmt.Sprintf("upload %s %q of %s", short(e.ID), e.Name, short(e.Item)), " of ")
	case client.AbortUpload:
		for n, req := range s.uploads {
			if req == e.Req {
				return "abort upload " + n
			}
		}
	case client.ForgetFile:
		return "forget file " + short(e.ID)
	}
	return ""
}

// showFiles prints the strip, and the files of messages in the outbox.
func (s *script) showFiles() {
	snap := s.c.Snapshot()
	list := func(files []client.Attachment) string {
		var all []string
		for _, f := range files {
			text := fmt.Sprintf("%s %s %d/%d", short(f.ID), f.State, f.Sent, f.Size)
			if f.Code != "" {
				text += " " + string(f.Code) + " " + string(f.Why)
			}
			if f.Alt != "" {
				text += " " + f.Alt
			}
			all = append(all, strings.TrimSpace(text))
		}
		return strings.Join(all, ", ")
	}
	fmt.Fprintf(&s.out, "strip: %s\n", list(snap.Strip))
	for _, own := range snap.Outbox {
		fmt.Fprintf(&s.out, "%s %s: %s\n", short(own.ID), own.State, list(own.Files))
	}
}
