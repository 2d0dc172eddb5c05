// Converts the bytes for ciphers: joins them, reads and writes lists of fields, text and base64url.

const encoder = new TextEncoder();
export const text = (bytes) => new TextDecoder().decode(bytes);
export const unbase64 = (data) =>
  Uint8Array.from(atob(data.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
export const base64 = (bytes) =>
  btoa(String.fromCharCode(...bytes)).replace(/[+/=]/g, (c) => ({ '+': '-', '/': '_' })[c] ?? '');

/** Returns bytes and texts as one array. */
export function join(...parts) {
  const bytes = parts.map((part) => (typeof part === 'string' ? encoder.encode(part) : part));
  const all = new Uint8Array(bytes.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of bytes) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Returns the fields of a list. In a list, each field has its length before it. */
export function split(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const fields = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + view.getUint32(at);
    fields.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

/** Returns a list of fields. An undefined field is empty. */
export function pack(fields) {
  return join(
    ...fields.flatMap((field) => {
      const bytes = join(field ?? '');
      const length = new Uint8Array(4);
      new DataView(length.buffer).setUint32(0, bytes.length);
      return [length, bytes];
    }),
  );
}
