// Prepares files that the user chooses, pastes or drops: measures pictures, and converts those that browsers cannot show.

const PICTURE = /^image\/(?!svg)/;
const HEIC = /\.hei[cf]$/i;
const JPEG_QUALITY = 0.9;

/** Turns a decoded picture into a JPEG file. */
async function toJpeg(bitmap, name) {
  const canvas = document.createElement('canvas');
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext('2d').drawImage(bitmap, 0, 0);
  const blob = await new Promise((resolve) => {
    canvas.toBlob(resolve, 'image/jpeg', JPEG_QUALITY);
  });
  return blob && new File([blob], name.replace(HEIC, '.jpg'), { type: blob.type });
}

/** Measures a picture. Converts HEIC to JPEG if the browser can decode it. */
async function look(file) {
  const heic = HEIC.test(file.name) || /^image\/hei[cf]/.test(file.type);
  if (!heic && !PICTURE.test(file.type)) return { file };
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    return { file }; // sent unchanged: the relay measures it
  }
  const { width, height } = bitmap;
  const jpeg = heic && (await toJpeg(bitmap, file.name));
  bitmap.close();
  return jpeg || !heic ? { file: jpeg || file, width, height } : { file };
}

/**
 * Calls `each` with `{file, width, height}` for every file, in order. It decodes one picture at a time, because decoded pictures are
 * large. Only pictures have a width and a height.
 *
 * @param {FileList} files
 * @param {(found: {file: File, width?: number, height?: number}) => void} each
 */
export async function lookAt(files, each) {
  for (const file of [...files]) each(await look(file));
}

/** Returns a function that makes URLs of bytes. The signal frees them. */
export function scopedURLs(signal) {
  const urls = new Set();
  signal.addEventListener('abort', () => {
    for (const url of urls) URL.revokeObjectURL(url);
  });
  return {
    createObjectURL(blob) {
      const url = URL.createObjectURL(blob);
      urls.add(url);
      return url;
    },
    revokeObjectURL(url) {
      if (urls.delete(url)) URL.revokeObjectURL(url);
    },
  };
}
