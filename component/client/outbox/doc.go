// Package outbox holds the user's messages until the relay echoes them. It saves each message before it
// writes it, writes the messages in order, and shows them while they wait.
//
// Several pages of one user in one room share an outbox. Only one page, the owner, writes
// the waiting messages. Each other page saves the messages of its user, hands them to the owner,
// and shows each item in the state that the owner tells. When the owner dies, another page becomes
// the owner. It loads the stored items, and the other pages hand over theirs. The relay stores a
// message that is written twice only once, because its id stays the same.
//
// The main type is [Outbox], which writes the messages to the relay. Its parts are [Tabs], which exchanges notes with
// the user's other pages, [Files], which names the files that messages wait for, and [Seals], which hands out messages
// to encrypt and takes the results. All share one queue, which orders and saves the items. The pages of a user send each
// other a [client.Note]. To add a kind of note, declare it there and handle it in Tabs.Heard. To add a condition for
// writing a message, extend Flush.
//
// # What this package must not know
//
// Catch-up, slow mode and the connection: the caller tells Flush how many messages it may write.
package outbox
