/** One member of a room. */
export interface User {
  id: string;
  name?: string;
  role?: 'participant' | 'moderator' | 'organizer';
  /** An https URL. */
  picture?: string;
}

/** A file of a message. */
export interface MessageFile {
  id: string;
  name: string;
  /** The type that the file's bytes have, for example `image/png`. */
  type: string;
  size: number;
  /** The width of a picture in pixels. */
  width?: number;
  height?: number;
  /** The alternative text of a picture. */
  alt?: string;
}

/** A message as the relay sends it (docs/PROTOCOL.md, "A message"). */
export interface Message {
  room: string;
  id: string;
  /** The message's position in the room, which never changes. */
  seq: number;
  /** The room's revision at the message's last change. */
  rev: number;
  sender: User;
  /** RFC 3339, UTC; strictly increases with `seq`. */
  created_at: string;
  sent_at?: string;
  text?: string;
  /** The parts of the text that name a user or everybody. Positions and lengths are in bytes of UTF-8. */
  mentions?: { at: number; len: number; user?: string; all?: true }[];
  files?: MessageFile[];
  /** The text holds only the names of the files. */
  auto_text?: boolean;
  reply_to?: string;
  edited_at?: string;
  deleted_at?: string;
  pinned?: boolean;
  reactions?: Record<string, { count: number; users: string[] }>;
}

export interface MessageDetail {
  message: Message;
  /** In an encrypted chat: the reason why the sender is not certain to have written the message. `plain`: it came unencrypted. It is missing if the sender is certain. */
  mark?: 'waiting' | 'before' | 'altered' | 'uncertain' | 'plain';
}

export interface StatusDetail {
  status: string;
  /** Milliseconds until the next try, while reconnecting. */
  retryInMs?: number;
}

export interface ErrorDetail {
  code: string;
  message: string;
}

export interface ExitDetail {
  /** The program's exit code: 2 is a panic. */
  code?: number;
  message: string;
  restartInMs: number;
}
