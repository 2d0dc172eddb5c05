// The part of the relay's REST API that this frontend uses (docs/PROTOCOL.md, section 3).

import type { Message, User } from 'hallway-chat';
import { getToken } from './session';

/** A room in the list. It has only name and title until somebody has entered it. */
export interface Room {
  room: string;
  title?: string;
  unread?: number;
  last_message?: Message;
}

export interface Member {
  user: User;
  online: boolean;
}

export class Relay {
  #address: string;
  #token: Promise<string> | undefined;

  constructor(address: string) {
    this.#address = `${address}/v1/rooms`;
  }

  async rooms(): Promise<Room[]> {
    const rooms: Room[] = [];
    for (let more = true, after = ''; more; after = rooms.at(-1)?.room ?? '') {
      const from = after && `&after=${encodeURIComponent(after)}`;
      const page = await this.#call<{ rooms: Room[]; more: boolean }>('GET', `?limit=500${from}`);
      rooms.push(...page.rooms);
      more = page.more;
    }
    return rooms;
  }

  async members(room: string): Promise<Member[]> {
    return (await this.#call<{ members: Member[] }>('GET', `/${room}/members`)).members;
  }

  /** Creates a room, or changes its title. */
  async name(room: string, title: string): Promise<void> {
    await this.#call('PUT', `/${room}`, { title });
  }

  /** Deletes a room with everything in it. */
  async remove(room: string): Promise<void> {
    await this.#call('DELETE', `/${room}`);
  }

  async #call<T>(method: string, path: string, body?: unknown): Promise<T> {
    let response = await this.#fetch(method, path, body);
    if (response.status === 401) {
      this.#token = undefined; // the token has expired
      response = await this.#fetch(method, path, body);
    }
    const text = await response.text();
    if (!response.ok) throw new Error(problem(text) ?? `the relay answered with ${response.status}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }

  async #fetch(method: string, path: string, body: unknown): Promise<Response> {
    this.#token ??= getToken();
    const authorization = `Bearer ${await this.#token}`;
    return fetch(this.#address + path, {
      method,
      headers: body === undefined ? { authorization } : { authorization, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    });
  }
}

/** Returns the sentence for people in a problem document (RFC 9457). */
function problem(text: string): string | undefined {
  try {
    return JSON.parse(text).detail;
  } catch {
    return undefined;
  }
}
