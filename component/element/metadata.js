// Takes out of pictures what tells of places, people and devices: EXIF, XMP, IPTC, comments, thumbnails. The relay does so elsewhere
// (files/media), but it cannot read a file that is encrypted. The picture looks the same: its colours stay, and the orientation of a JPEG.

const EXIF = 'Exif\0\0';
/** The chunks of a PNG that a decoder needs (PNG, third edition, 11.2 and 11.3), and those of a WebP (RFC 9649, 2.3 to 2.7). */
const PNG = /^(IHDR|PLTE|IDAT|IEND|tRNS|gAMA|cHRM|sRGB|iCCP|sBIT|bKGD|pHYs|cICP|acTL|fcTL|fdAT)$/;
const WEBP = /^(VP8[ LX]|ICCP|ANIM|ANMF|ALPH)$/;
const WEBP_METADATA = 0x0c; // the flags of EXIF and XMP in VP8X

/** Returns the parts of a file that stay. A file that is not a picture, or malformed, stays whole. */
export function withoutMetadata(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = (from, to) => String.fromCharCode(...bytes.subarray(from, to));
  try {
    if (text(0, 3) === '\xff\xd8\xff') return jpeg(bytes, view, text);
    if (text(0, 8) === '\x89PNG\r\n\x1a\n') return png(bytes, view, text);
    if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return webp(bytes, view, text);
    if (text(0, 4) === 'GIF8') return gif(bytes, text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // it ends too early
  }
  return [bytes];
}

function jpeg(bytes, view, text) {
  const parts = [bytes.subarray(0, 2)];
  let at = 2;
  let scans = 0;
  for (let marker = bytes[3]; at < bytes.length && marker !== 0xd9; marker = bytes[at + 1]) {
    if (bytes[at] !== 0xff) throw new RangeError();
    if (marker === 0xff) {
      at++; // it fills
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
  const ended = bytes[at + 1] === 0xd9; // other bytes may follow: they are not of this picture
  if (!ended && !scans) throw new RangeError();
  return ended ? [...parts, bytes.subarray(at, at + 2)] : parts;
}

/** Returns EXIF that has only the orientation of the EXIF there; nothing if there is none. */
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
  for (let at = 8, kind = ''; kind !== 'IEND'; ) {
    const end = at + 12 + view.getUint32(at);
    kind = text(at + 4, at + 8);
    if (PNG.test(kind)) parts.push(bytes.subarray(at, end));
    at = end;
  }
  return parts;
}

function webp(bytes, view, text) {
  const parts = [];
  const end = 8 + view.getUint32(4, true);
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
  while (bytes[at] !== 0x3b) {
    const from = at;
    let stays = true;
    if (bytes[at] === 0x2c) at += 11 + table(bytes[at + 9]);
    else if (bytes[at] === 0x21) {
      stays = bytes[at + 1] === 0xf9 || /^(NETSCAPE2.0|ANIMEXTS1.0)$/.test(text(at + 3, at + 14));
      at += 2;
    } else throw new RangeError();
    while (bytes[at]) at += 1 + bytes[at];
    if (bytes[at++] === undefined) throw new RangeError();
    if (stays) parts.push(bytes.subarray(from, at));
  }
  return [...parts, bytes.subarray(at, at + 1)];
}
