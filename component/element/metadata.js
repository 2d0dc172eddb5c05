// Removes metadata about places, people and devices from pictures: EXIF, XMP, IPTC, comments, thumbnails. The relay does the same
// (files/media), but cannot read an encrypted file. The picture looks the same: its colours and the orientation of a JPEG stay.

const EXIF = 'Exif\0\0';
/** The chunks of a PNG that a decoder needs (PNG, third edition, 11.2 and 11.3), and those of a WebP (RFC 9649, 2.3 to 2.7). */
const PNG = /^(IHDR|PLTE|IDAT|IEND|tRNS|gAMA|cHRM|sRGB|iCCP|sBIT|bKGD|pHYs|cICP|acTL|fcTL|fdAT)$/;
const WEBP = /^(VP8[ LX]|ICCP|ANIM|ANMF|ALPH)$/;
const WEBP_METADATA = 0x0c; // the flags of EXIF and XMP in VP8X

const viewOf = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/** Returns the parts of a file to keep. It keeps a file that is not a picture whole, and the beginning of a truncated picture if that can be shown. */
export const withoutMetadata = (bytes) => partsOf(bytes) ?? [bytes];

/** The beginnings of parts that contain a size, and functions that return its number of pixels. */
const SIZES = [
  [/^\xff[\xc0-\xc3\xc5-\xc7\xc9-\xcb\xcd-\xcf]/, (view) => view.getUint16(5) * view.getUint16(7)],
  [/^....IHDR/s, (view) => view.getUint32(8) * view.getUint32(12)],
  [/^GIF8/, (_, u16) => u16(6) * u16(8)],
  [/^,/, (_, u16) => (u16(1) + u16(5)) * (u16(3) + u16(7))], // a frame of a GIF may exceed the picture
  [/^VP8X/, (_, __, u32) => ((u32(12) & 0xffffff) + 1) * ((u32(14) >>> 8) + 1)],
  [/^VP8L/, (_, __, u32) => ((u32(9) & 0x3fff) + 1) * (((u32(9) >>> 14) & 0x3fff) + 1)],
  [/^VP8 /, (_, u16) => (u16(14) & 0x3fff) * (u16(16) & 0x3fff)],
];

/** Returns the highest number of pixels that a decoder may allocate, or 0 for a file that is not a picture of these types. A small file can claim any number. */
export function pixelsOf(bytes) {
  let most = 0;
  for (const part of partsOf(bytes) ?? []) {
    const view = viewOf(part);
    const kind = String.fromCharCode(...part.subarray(0, 8));
    const pixels = SIZES.find(([begins]) => begins.test(kind))?.[1];
    try {
      const found = pixels?.(
        view,
        (at) => view.getUint16(at, true),
        (at) => view.getUint32(at, true),
      );
      most = Math.max(most, found ?? 0);
    } catch {} // the part is truncated
  }
  return most;
}

function partsOf(bytes) {
  const view = viewOf(bytes);
  const text = (from, to) => String.fromCharCode(...bytes.subarray(from, to));
  try {
    if (text(0, 3) === '\xff\xd8\xff') return jpeg(bytes, view, text);
    if (text(0, 8) === '\x89PNG\r\n\x1a\n') return png(bytes, view, text);
    if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return webp(bytes, view, text);
    if (text(0, 4) === 'GIF8') return gif(bytes, text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // the file is truncated
  }
  return undefined;
}

function jpeg(bytes, view, text) {
  const parts = [bytes.subarray(0, 2)];
  let at = 2;
  let scans = 0;
  let marker = bytes[3];
  for (; at < bytes.length && marker !== 0xd9; marker = bytes[at] === 0xff ? bytes[at + 1] : 0) {
    if (marker < 2 || marker === 0xff || (marker & 0xf8) === 0xd0) {
      at++; // a fill byte: decoders look for the next marker, too
      continue;
    }
    if (at + 4 > bytes.length) break;
    let end = at + 2 + view.getUint16(at + 2);
    const name = text(at + 4, Math.min(end, at + 16));
    if (marker === 0xda) {
      scans++;
      do end = bytes.indexOf(0xff, end + 1);
      while (end >= 0 && (bytes[end + 1] === 0 || (bytes[end + 1] & 0xf8) === 0xd0));
      if (end < 0) end = bytes.length;
    }
    const stays =
      marker < 0xe0 ||
      (marker === 0xe0 && name.startsWith('JFIF\0') && end === at + 18) || // without a thumbnail
      (marker === 0xe2 && name.startsWith('ICC_PROFILE\0')) ||
      (marker === 0xee && name.startsWith('Adobe'));
    if (stays) parts.push(bytes.subarray(at, end));
    else if (marker === 0xe1 && name.startsWith(EXIF)) parts.push(orientation(view, at + 10, end));
    at = end;
  }
  const ended = marker === 0xd9; // bytes after the end do not belong to the picture
  if (!ended && !scans) throw new RangeError();
  return ended ? [...parts, bytes.subarray(at, at + 2)] : parts;
}

/** Returns EXIF with only the orientation of the given EXIF, or nothing if that has none. */
function orientation(view, from, to) {
  if (to - from < 26) return new Uint8Array(0);
  const little = view.getUint16(from) === 0x4949;
  const directory = Math.min(from + view.getUint32(from + 4, little), to - 2);
  const last = Math.min(directory + 2 + 12 * view.getUint16(directory, little), to - 11);
  for (let entry = directory + 2; entry < last; entry += 12) {
    const turn = view.getUint16(entry + 8, little);
    if (view.getUint16(entry, little) === 0x0112 && turn > 1 && turn < 9) {
      const exif = `\xff\xe1\0\x22${EXIF}MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0${String.fromCharCode(turn)}\0\0\0\0\0\0`;
      return Uint8Array.from(exif, (c) => c.charCodeAt(0));
    }
  }
  return new Uint8Array(0);
}

function png(bytes, view, text) {
  const parts = [bytes.subarray(0, 8)];
  for (let at = 8, kind = ''; kind !== 'IEND' && at + 8 <= bytes.length; ) {
    const end = at + 12 + view.getUint32(at);
    kind = text(at + 4, at + 8);
    if (PNG.test(kind)) parts.push(bytes.subarray(at, end));
    at = end;
  }
  return parts;
}

function webp(bytes, view, text) {
  const parts = [];
  const end = Math.min(8 + view.getUint32(4, true), bytes.length - 7);
  for (let at = 12; at < end; ) {
    const size = view.getUint32(at + 4, true);
    const next = at + 8 + size + (size % 2);
    const kind = text(at, at + 4);
    const chunk = bytes.slice(at, next);
    if (kind === 'VP8X') chunk[8] &= ~WEBP_METADATA;
    if (WEBP.test(kind)) parts.push(chunk);
    at = next;
  }
  const head = bytes.slice(0, 12);
  const size = parts.reduce((n, part) => n + part.length, 4);
  new DataView(head.buffer).setUint32(4, size, true);
  return [head, ...parts];
}

function gif(bytes, text) {
  const table = (flags) => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  let at = 13 + table(bytes[10]);
  const parts = [bytes.subarray(0, at)];
  while (at < bytes.length && bytes[at] !== 0x3b) {
    const from = at;
    let stays = true;
    if (bytes[at] === 0x2c) at += 11 + table(bytes[at + 9]);
    else if (bytes[at] === 0x21) {
      stays = bytes[at + 1] === 0xf9 || /^(NETSCAPE2.0|ANIMEXTS1.0)$/.test(text(at + 3, at + 14));
      at += 2;
    } else break; // decoders stop here, too
    while (bytes[at]) at += 1 + bytes[at];
    at++;
    if (stays) parts.push(bytes.subarray(from, at));
  }
  return [...parts, bytes.subarray(at, at + 1)];
}
