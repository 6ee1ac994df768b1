/** Lets the browser save a text as a file. */
export function save(fileName: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The download has begun by then; a revoked URL would only break one that has not.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
