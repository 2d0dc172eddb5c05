// Package guard limits the relay's resources that a client may use, so that some remain for the others. It decides; the
// shell waits, answers and cuts connections.
//
// Its parts: [Bucket], the one rate limiter; [Addresses] and [Admission], which decide by it; [Pool], the slots of
// requests; [Answers], [Halves] and [Places], which bound what requests and their answers hold.
//
// # What limits X?
//
// Rates ("the hub" is relay/hub, "conn" relay/conn, "server" relay/server; flags are those of `hallway serve`):
//
//	what                      of whom         how much                       where
//	messages and changes      user            --rate a second, burst 4×;     the hub's user.go, Bucket; several
//	                                          N × of N relays apart          relays: its spending.go
//	other frames              connection      --frames-per-second            the hub's receive.go, Bucket
//	refused frames            connection      RefusalsPerSecondMax, then     Debt
//	                                          the connection is read slowly
//	typing told to a room     user, room      one in 2.5 s; 5 users a second the hub's activity.go
//	handshakes                all             --handshakes-per-second        Admission
//	handshakes                address         a fifth is kept for others     Admission
//	requests over REST        address         --requests-per-second-address  Addresses
//	bad tokens                address         --bad-tokens-per-minute-…      Addresses, auth.Gate
//	reads of the key set      all             one in 10 s                    auth's key poller
//
// How many at once:
//
//	connections               all             --conns                        Admission
//	connections               user            --conns-per-user;              the hub's hello.go; several
//	                                          N × of N relays apart          relays: its spending.go
//	connections without hello all             a quarter of --conns           the hub's session.go
//	files                     all             the process's limit            Places
//	rooms in memory           all             --rooms                        the hub's join.go
//	rooms                     connection      RoomsPerSessionMax             the hub's join.go
//	requests worked on        all             SlotsPerProcessor              Pool
//	requests waiting          all, addr, user WaitingMax …                   Pool
//	searches waiting          all, addr, user SearchesWaitingMax …           Pool
//	changes waiting           all             QueueOpsMax, QueueBytesMax     the hub's writes.go
//	changes waiting           connection      SessionOpsMax                  the hub's writes.go
//	changes in a transaction  all, room       BatchOpsMax, BatchBytesMax,    the hub's writes.go
//	                                          RoomBatchBytesMax
//	rooms or members a page   request         the query's limit              server's lists.go
//	devices                   user, room      protocol.UserDevicesMax …      rules
//	wraps                     message         protocol.WrapsMax              protocol
//	wants                     room, holder    wantsMax, protocol.WantedMax   the hub's want.go
//
// Bytes:
//
//	frame, text               message         protocol.Limits                protocol, conn
//	frame before hello        connection      protocol.HelloBytesMax         conn's half.go
//	half messages             all             HalfBytesMax                   Halves, in conn
//	half requests             all             HalfBytesMax                   Halves, in server
//	unread frames             connection      conn.PendingBytesMax           conn
//	unread answers            all, addr, user UnreadBytesMax …               Answers
//	a page's messages         request         protocol.PageBytesMax          hub.PageShare, in each store
//	windows                   room, all       hub.WindowBytesMax …           the hub's window.go
//	a request's head          request         16 KiB                         server
//	the system's buffers      socket          128 KiB                        server's httpconn.go
//
// Time:
//
//	a request, a hello        connection      10 s                           server, the hub
//	between two requests      connection      60 s                           server
//	an answer                 connection      StallTimeout and slowFor …     Answers
//	a write                   connection      conn.WriteTimeout              conn
//	silence                   connection      heartbeat + 2 × timeout        the hub's Tick
//
// Fairness has no number: users take turns in the hub's queue and in a Pool, addresses in a Pool, connections in a
// shard of conn; requests rank behind connections. In a Pool a new request waits for at most a few others.
//
// To add a limit, write it here: a constant with its name, a row of this table, and the metric hallway_limit.
//
// # What this package must not know
//
// HTTP, sockets, rooms. It reads no clock: the time comes in with each call, or from a [Clock] that was handed in.
package guard
