// Makes files for tests, so that the repository needs no binaries.

import { crc32, deflateSync } from 'node:zlib';

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

/** Returns a PNG with a pattern whose colours depend on `hue`. With a level of 0 it is not compressed. */
export function png(width, height, hue = 0, level = 6) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8); // 8 bits, RGB
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0, at = 0; y < height; y++) {
    at++; // no filter
    for (let x = 0; x < width; x++) {
      const u = x / width;
      const v = y / height;
      const wave = Math.sin(6 * u + hue) + Math.cos(5 * v - hue);
      rows[at++] = 128 + 90 * Math.sin(wave + hue);
      rows[at++] = 128 + 90 * Math.sin(wave + hue + 2);
      rows[at++] = 150 + 90 * Math.sin(wave + hue + 4);
    }
  }
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Returns a WAV with some seconds of silence. */
export function wav(seconds = 1) {
  const rate = 8000;
  const data = Buffer.alloc(rate * seconds, 128);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20); // PCM
  head.writeUInt16LE(1, 22); // one channel
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

/** Returns bytes that have the type of a PDF. */
export const pdf = () => Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n');

const segment = (marker, text) => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(text.length + 2, 2);
  return Buffer.concat([head, Buffer.from(text, 'latin1')]);
};

/** Returns a JPEG whose metadata contain `canary`: EXIF, which also turns the picture by 90 degrees, XMP, IPTC, a comment, and bytes behind its end. */
export function withMetadata(jpeg) {
  const turned =
    'II*\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\x0e\x01\x02\0\x06\0\0\0\x26\0\0\0\0\0\0\0';
  return Buffer.concat([
    jpeg.subarray(0, 2),
    segment(0xe1, `Exif\0\0${turned}canary`),
    segment(0xe1, 'http://ns.adobe.com/xap/1.0/\0<canary/>'),
    segment(0xed, 'Photoshop 3.0\0canary'),
    segment(0xfe, 'canary'),
    jpeg.subarray(2),
    Buffer.from('canary'),
  ]);
}
