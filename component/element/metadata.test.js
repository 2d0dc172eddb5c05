import assert from 'node:assert/strict';
import { test } from 'node:test';
import { png, withMetadata } from '../../test/browser/pictures.js';
import { withoutMetadata } from './metadata.js';

const bytes = (...parts) => Buffer.concat(parts.map((part) => Buffer.from(part, 'latin1')));
const strip = (file) => Buffer.concat(withoutMetadata(new Uint8Array(file)));

/** A JPEG as far as its segments go: two scans, with a filled and a stuffed marker. */
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

test('a JPEG keeps its orientation alone', () => {
  const unfilled = bytes(JPEG.toString('latin1').replace('\xff\xff\xc0', '\xff\xc0'));
  assert.deepEqual(strip(JPEG), unfilled);
  assert.deepEqual(strip(withMetadata(JPEG)), bytes('\xff\xd8', TURN, unfilled.subarray(2)));
});

test('a JPEG that ends early loses its metadata, too', () => {
  for (const less of [9, 10, 12]) {
    const cut = withMetadata(JPEG).subarray(0, -less);
    assert.equal(strip(cut).includes('canary'), false);
  }
});

test('EXIF that is malformed goes', () => {
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

test('a PNG keeps the chunks of its picture', () => {
  const picture = png(4, 3);
  const text = bytes('\0\0\0\x0etEXtComment\0canaryCRC.');
  assert.deepEqual(strip(bytes(picture.subarray(0, 33), text, picture.subarray(33), 'canary')), picture);
});

test('a WebP keeps the chunks of its picture', () => {
  const parts = [chunk('ICCP', 'abc'), chunk('VP8 ', 'pixels')];
  const full = webp(0x2c, ...parts, chunk('EXIF', 'canary'), chunk('XMP ', 'canary.'));
  assert.deepEqual(strip(full), webp(0x20, ...parts));
});

test('a GIF keeps its frames and their repetition', () => {
  const note = '\x21\xfe\x06canary\0';
  assert.deepEqual(
    strip(bytes(GIF, note, LOOP, FRAME, note, FRAME, ';', 'canary')),
    bytes(GIF, LOOP, FRAME, FRAME, ';'),
  );
});

test('anything else stays as it is', () => {
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
