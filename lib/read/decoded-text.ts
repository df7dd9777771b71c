/** Bytes to text. Documents are UTF-8; UTF-16 is read where a byte order mark says so, for files of Windows editors. */
import type { FileResult } from './file-source.ts';

export function decodedText(bytes: Uint8Array): FileResult {
  try {
    return { text: new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes) };
  } catch {
    return { problem: 'not-text' };
  }
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}
