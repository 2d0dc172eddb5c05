package protocol

import "errors"

// DecodePage decodes a page of history.
func DecodePage(data []byte) (Page, error) {
	var p Page
	v := value{scanner{data: data}}
	v.object(func(name string) {
		switch name {
		case "messages":
			v.array(func() {
				p.Messages = append(p.Messages, Message{})
				v.message(&p.Messages[len(p.Messages)-1])
			})
		case "epoch":
			v.str(&p.Epoch)
		case "head":
			v.int(&p.Head)
		case "more":
			v.bool(&p.More)
		case "more_before":
			p.MoreBefore = new(bool)
			v.bool(p.MoreBefore)
		case "more_after":
			p.MoreAfter = new(bool)
			v.bool(p.MoreAfter)
		default:
			v.skip()
		}
	})
	v.end()
	if v.err != nil {
		return Page{}, errors.New("protocol: the page " + v.err.Error())
	}
	return p, nil
}

// DecodeReports decodes a page of reports; more says that others are left beyond it.
func DecodeReports(data []byte) (reports []ReportEntry, more bool, err error) {
	v := value{scanner{data: data}}
	v.object(func(name string) {
		switch name {
		case "reports":
			v.array(func() { reports = append(reports, v.report()) })
		case "more":
			v.bool(&more)
		default:
			v.skip()
		}
	})
	v.end()
	if v.err != nil {
		return nil, false, errors.New("protocol: the reports " + v.err.Error())
	}
	return reports, more, nil
}

func (v *value) report() ReportEntry {
	var r ReportEntry
	v.object(func(name string) {
		switch name {
		case "n":
			v.int(&r.N)
		case "id":
			v.str(&r.ID)
		case "by":
			v.user(&r.By)
		case "reason":
			v.str(&r.Reason)
		case "at":
			v.time(&r.At)
		case "state":
			v.str((*string)(&r.State))
		case "closed_by":
			v.str(&r.ClosedBy)
		case "closed_at":
			v.time(&r.ClosedAt)
		default:
			v.skip()
		}
	})
	v.want(r.N > 0 && r.ID != "")
	return r
}

// DecodeProblem decodes a problem document. What cannot be read is an error;
// the HTTP status still says what happened.
func DecodeProblem(data []byte) (Problem, error) {
	var p Problem
	v := value{scanner{data: data}}
	v.object(func(name string) {
		switch name {
		case "status":
			var n int64
			v.int(&n)
			p.Status = int(n)
		case "code":
			v.str((*string)(&p.Code))
		case "title":
			v.str(&p.Title)
		case "detail":
			v.str(&p.Detail)
		case "why":
			v.str((*string)(&p.Why))
		case "until":
			v.time(&p.Until)
		case "supported":
			v.strs(&p.Supported)
		default:
			v.skip()
		}
	})
	v.end()
	if v.err != nil {
		return Problem{}, errors.New("protocol: the problem document " + v.err.Error())
	}
	return p, nil
}
