/**
 * Returns a function that uploads a file and reports the progress, which fetch cannot.
 *
 * @param {AbortSignal} ended ends every upload
 * @returns {(url: string, token: string, bytes: Blob, progress: (sent: number) => void, signal: AbortSignal) =>
 *   Promise<{status: number, retryAfter: string, body: string} | {status: 0, lost: true}>} `lost`: the bytes cannot be read
 */
export const createUpload = (ended) => (url, token, bytes, progress, signal) => {
  const request = new XMLHttpRequest();
  const abort = () => request.abort();
  const upload = new Promise((resolve, reject) => {
    request.open('PUT', url);
    request.setRequestHeader('Authorization', `Bearer ${token}`);
    request.upload.onprogress = (event) => progress(event.loaded);
    request.onload = () =>
      resolve({
        status: request.status,
        retryAfter: request.getResponseHeader('Retry-After') ?? '',
        body: request.responseText,
      });
    // The user may have changed or deleted the file since choosing it. Then another try does not help.
    request.onerror = () =>
      bytes
        .slice(0, 1)
        .arrayBuffer()
        .then(
          () => reject(new Error('the upload got no answer')),
          () => resolve({ status: 0, lost: true }),
        );
    request.onabort = () => reject(new Error('the upload was ended'));
    request.onloadend = () => {
      ended.removeEventListener('abort', abort);
      signal.removeEventListener('abort', abort);
    };
    ended.addEventListener('abort', abort);
    signal.addEventListener('abort', abort);
    request.send(bytes);
  });
  upload.catch(() => {}); // the program may have ended
  return upload;
};
