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
  /** By its bytes, for example `image/png`. */
  type: string;
  size: number;
  /** In pixels; of pictures. */
  width?: number;
  height?: number;
  /** A text in the picture's place. */
  alt?: string;
}

/** A message as the relay sends it (docs/PROTOCOL.md, "A message"). */
export interface Message {
  room: string;
  id: string;
  /** Its place in the room, which never changes. */
  seq: number;
  /** The room's revision at which it was last changed. */
  rev: number;
  sender: User;
  /** RFC 3339, UTC; strictly increases with `seq`. */
  created_at: string;
  sent_at?: string;
  text?: string;
  /** Parts of the text, in bytes of UTF-8, that name a user or everybody. */
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
  /** In an encrypted chat: why it is not certain that the sender wrote the message. `plain`: it came unencrypted. Left out: it is certain. */
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
