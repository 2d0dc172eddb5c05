import assert from 'node:assert/strict';
import { test } from 'node:test';
import { png, withMetadata } from '../../test/browser/pictures.js';
import { pixelsOf, withoutMetadata } from './metadata.js';

const bytes = (...parts) => Buffer.concat(parts.map((part) => Buffer.from(part, 'latin1')));
const strip = (file) => Buffer.concat(withoutMetadata(new Uint8Array(file)));

/** The segments of a JPEG: two scans, with a fill byte and a stuffed marker. */
const JPEG = bytes(
  '\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0',
  '\xff\xdb\0\x04ab\xff\xff\xc0\0\x05abc\xff\xda\0\x03x\x01\xff\0\x02\xff\xd0\x03',
  '\xff\xda\0\x03y\x04\x05\xff\xd9',
);
const TURN = bytes('\xff\xe1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0');

const chunk = (kind, body) => {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(body.length);
  return bytes(kind, size, body, body.length % 2 ? '\0' : '');
};
const webp = (flags, ...chunks) => {
  const body = bytes('WEBP', chunk('VP8X', `${String.fromCharCode(flags)}\0\0\0\0\0\0\0\0\0`), ...chunks);
  return chunk('RIFF', body.toString('latin1'));
};
const GIF = 'GIF89a\x01\0\x01\0\x80\0\0abcdef';
const LOOP = '\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0';
const FRAME = '\x21\xf9\x04\0\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0';

test('keeps only the orientation of a JPEG', () => {
  const unfilled = bytes(JPEG.toString('latin1').replace('\xff\xff\xc0', '\xff\xc0'));
  assert.deepEqual(strip(JPEG), unfilled);
  assert.deepEqual(strip(withMetadata(JPEG)), bytes('\xff\xd8', TURN, unfilled.subarray(2)));
});

test('removes the metadata of a truncated JPEG', () => {
  for (const less of [9, 10, 12]) {
    const cut = withMetadata(JPEG).subarray(0, -less);
    assert.equal(strip(cut).includes('canary'), false);
  }
});

test('removes malformed EXIF', () => {
  for (const exif of [
    '',
    'II*\0',
    'II*\0\xff\xff\xff\xffcanary.......................',
    'MM\0*\0\0\0\x08\xff\xffcanary...............',
  ]) {
    const body = `Exif\0\0${exif}`;
    const segment = bytes(`\xff\xe1\0${String.fromCharCode(body.length + 2)}`, body);
    assert.equal(strip(bytes('\xff\xd8', segment, JPEG.subarray(2))).includes('canary'), false);
  }
});

test("keeps the chunks of a PNG's picture", () => {
  const picture = png(4, 3);
  const text = bytes('\0\0\0\x0etEXtComment\0canaryCRC.');
  assert.deepEqual(strip(bytes(picture.subarray(0, 33), text, picture.subarray(33), 'canary')), picture);
});

test("keeps the chunks of a WebP's picture", () => {
  const parts = [chunk('ICCP', 'abc'), chunk('VP8 ', 'pixels')];
  const full = webp(0x2c, ...parts, chunk('EXIF', 'canary'), chunk('XMP ', 'canary.'));
  assert.deepEqual(strip(full), webp(0x20, ...parts));
});

test('keeps the frames of a GIF and their repetition', () => {
  const note = '\x21\xfe\x06canary\0';
  assert.deepEqual(
    strip(bytes(GIF, note, LOOP, FRAME, note, FRAME, ';', 'canary')),
    bytes(GIF, LOOP, FRAME, FRAME, ';'),
  );
});

/** Returns a picture of each type, with metadata at its beginning. */
const full = () => {
  const text = bytes('\0\0\0\x0etEXtComment\0canaryCRC.');
  const picture = png(4, 3);
  return {
    jpeg: withMetadata(JPEG),
    png: bytes(picture.subarray(0, 33), text, picture.subarray(33)),
    webp: webp(0x2c, chunk('EXIF', 'canary'), chunk('VP8 ', 'pixels')),
    gif: bytes(GIF, '\x21\xfe\x06canary\0', LOOP, FRAME, FRAME, ';'),
  };
};

test('removes the metadata of a truncated picture', () => {
  const { jpeg: _, ...others } = full();
  for (const [type, picture] of Object.entries(others))
    for (let end = picture.indexOf('canary') + 6; end < picture.length; end++)
      assert.equal(strip(picture.subarray(0, end)).includes('canary'), false, `${type} of ${end} bytes`);
});

test('removes the bytes between the segments of a JPEG, which decoders skip', () => {
  const picture = withMetadata(JPEG);
  const second = 4 + picture.readUInt16BE(4); // segment
  for (const between of ['x', '\xd9', '\xff\0', '\xff\xd0', 'xy\xff\x01']) {
    const stripped = strip(bytes(picture.subarray(0, second), between, picture.subarray(second)));
    assert.equal(stripped.includes('canary'), false);
    assert.deepEqual(stripped, strip(picture));
  }
});

test('returns the number of pixels of a picture', () => {
  const vp8 = (w, h) =>
    chunk(
      'VP8 ',
      bytes('\0\0\0\x9d\x01\x2a', new Uint8Array(Uint16Array.of(w, h).buffer)).toString('latin1'),
    );
  const frame = (...at) => bytes(',', new Uint8Array(Uint16Array.from(at).buffer), '\0\x02\x02\x44\x01\0');
  const jpeg = (marker) =>
    bytes('\xff\xd8\xff', marker, '\0\x09\x08\x00\x05\x01\x02\0\xff\xda\0\x02x\xff\xd9');
  const number = (size, value) =>
    Buffer.from(Uint32Array.of(value).buffer).subarray(0, size).toString('latin1');
  for (const [picture, pixels] of [
    [png(4, 3), 12],
    [bytes('\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\x01\0\0\0\x02\0\0\x08\x06\0\0\0CRC.'), 2 ** 33],
    [jpeg('\xc0'), 5 * 258],
    [jpeg('\xc2'), 5 * 258],
    [jpeg('\xc4'), 0], // tables
    [bytes(GIF, FRAME, ';'), 1],
    [bytes(GIF, FRAME, frame(0xffff, 0, 0xffff, 2), ';'), 0x1fffe * 2],
    [bytes(GIF, frame(0, 0, 60_000, 60_000)), 3.6e9],
    [webp(0, chunk('VP8 ', 'pixels')), 1],
    [
      chunk(
        'RIFF',
        `WEBP${chunk('VP8X', `\0\0\0\0${number(3, 99_999)}${number(3, 9_999)}`).toString('latin1')}`,
      ),
      1e9,
    ],
    [
      chunk('RIFF', `WEBP${chunk('VP8L', `/${number(4, 0x3fff | (9 << 14))}`).toString('latin1')}`),
      16_384 * 10,
    ],
    [chunk('RIFF', `WEBP${vp8(20, 300).toString('latin1')}`), 6000],
    [bytes('BM', 'a bitmap'), 0],
    [bytes('<svg/>'), 0],
    [bytes(''), 0],
  ])
    assert.equal(pixelsOf(new Uint8Array(picture)), pixels, picture.toString('latin1'));
});

test('handles every corruption of a picture', () => {
  let seed = 1;
  const random = (n) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * n);
  };
  const pictures = Object.values(full());
  for (let round = 0; round < 20_000; round++) {
    const picture = Uint8Array.from(pictures[round % pictures.length]);
    for (let changes = 1 + random(6); changes > 0; changes--)
      picture[random(picture.length)] = [0, 0xff, 0x80, random(256)][random(4)];
    const file = picture.subarray(0, random(4) ? picture.length : random(picture.length));
    const stripped = strip(file);
    const pixels = pixelsOf(file);
    assert.ok(
      stripped.length <= file.length + 36 && pixels >= 0,
      `round ${round}: ${stripped.length}, ${pixels}`,
    );
  }
});

test('leaves other files unchanged', () => {
  for (const file of [
    '',
    '\xff',
    'canary',
    '%PDF-1.7 canary',
    'GIF89a',
    'RIFF\x04\0\0\0WAVEcanary',
    '\xff\xd8\xff',
  ]) {
    assert.deepEqual(strip(bytes(file)), bytes(file));
  }
});
