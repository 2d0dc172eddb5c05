package driver

import (
	"context"
	"errors"
	"syscall/js"
)

// outcome is the result of an asynchronous call.
type outcome struct {
	value js.Value
	err   error
}

// Await waits for the promise that begin returns. It must not be called from a
// JavaScript callback.
func Await(ctx context.Context, begin func() js.Value) (js.Value, error) {
	promise, err := try(begin)
	if err != nil {
		return js.Undefined(), err
	}
	ended := make(chan outcome, 1)
	callbacks := &callbacks{}
	promise.Call("then",
		callbacks.add(func(value js.Value) { ended <- outcome{value: value} }),
		callbacks.add(func(reason js.Value) { ended <- outcome{err: errorOf(reason)} }))
	select {
	case o := <-ended:
		return o.value, o.err
	case <-ctx.Done():
		return js.Undefined(), ctx.Err()
	}
}

// awaitEvent waits for one of two events of a request or transaction of IndexedDB: success, or failure.
func awaitEvent(ctx context.Context, target js.Value, success, failure string) error {
	ended := make(chan error, 1)
	callbacks := &callbacks{}
	target.Set(success, callbacks.add(func(js.Value) { ended <- nil }))
	target.Set(failure, callbacks.add(func(js.Value) { ended <- errorOf(target.Get("error")) }))
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// callbacks holds functions of which JavaScript calls exactly one, exactly once, perhaps long after
// the wait has ended. That call releases all of these functions.
type callbacks struct{ all []js.Func }

func (c *callbacks) add(f func(js.Value)) js.Func {
	callback := js.FuncOf(func(_ js.Value, args []js.Value) any {
		for _, other := range c.all {
			other.Release()
		}
		f(args[0])
		return nil
	})
	c.all = append(c.all, callback)
	return callback
}

// try calls a function, and returns an exception of JavaScript as an error.
func try(call func() js.Value) (value js.Value, err error) {
	defer func() {
		switch thrown := recover().(type) {
		case nil:
		case js.Error:
			err = errorOf(thrown.Value)
		default:
			panic(thrown)
		}
	}()
	return call(), nil
}

// scriptError is an exception of JavaScript.
type scriptError struct{ name, message string }

func (e *scriptError) Error() string { return e.message }

func errorOf(value js.Value) error {
	if value.Type() != js.TypeObject {
		return errors.New(value.String())
	}
	return &scriptError{name: value.Get("name").String(), message: value.Get("message").String()}
}
