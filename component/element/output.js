/** The prefix of a chat program's lines on the console. */
export const LOG_PREFIX = '[hallway]';

/**
 * Writes the program's stdout and stderr to the console, in whole lines. Lines that are written together become one entry, so that a
 * panic with its trace is one error.
 */
export function createOutput() {
  const begun = (level) => ({ level, text: '', decoder: new TextDecoder() });
  const streams = { 1: begun('log'), 2: begun('error') };
  let scheduled = false;

  const flush = (partial) => {
    scheduled = false;
    for (const stream of Object.values(streams)) {
      const end = partial ? stream.text.length : stream.text.lastIndexOf('\n') + 1;
      const lines = stream.text.slice(0, end).trimEnd();
      stream.text = stream.text.slice(end);
      if (lines) console[stream.level](LOG_PREFIX, lines);
    }
  };

  const writeSync = (descriptor, bytes) => {
    const stream = streams[descriptor] ?? streams[2];
    stream.text += stream.decoder.decode(bytes, { stream: true });
    if (!scheduled) {
      scheduled = true;
      queueMicrotask(flush); // whole lines only
    }
    return bytes.length;
  };

  return { fs: outputOnlyFiles(writeSync), flush: () => flush(true) };
}

/** Returns a file system for Go's runtime that can only write to stdout and stderr. */
function outputOnlyFiles(writeSync) {
  const unsupported = (...args) =>
    args.at(-1)(Object.assign(new Error('not implemented'), { code: 'ENOSYS' }));
  const files = {
    constants: new Proxy({}, { get: () => -1 }),
    writeSync,
    write(descriptor, bytes, _offset, _length, _position, callback) {
      callback(null, writeSync(descriptor, bytes));
    },
  };
  return new Proxy(files, { get: (own, name) => own[name] ?? unsupported });
}
