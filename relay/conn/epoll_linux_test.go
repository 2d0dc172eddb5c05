package conn_test

import "hallway/relay/conn"

func init() {
	transports["epoll"] = func() conn.Transport { return conn.NewEpoll(frameBytesMax) }
}
