package conn_test

import "hallway/relay/conn"

func init() {
	kinds["epoll"] = kind{"*conn.epollConn", func() conn.Transport { return conn.NewEpoll(frameBytesMax) }}
}
