/** A file source out of an object literal: path to text. What is not there is not found; the network is off. */
import type { FileProblem } from '../../lib/model/reading.ts';
import type { FileResult, FileSource } from '../../lib/read/file-source.ts';

export function memoryFiles(
  files: Readonly<Record<string, string>>,
  problems: Readonly<Record<string, FileProblem>> = {},
): FileSource {
  return {
    read: async (uri: string): Promise<FileResult> => {
      const problem = problems[uri];
      if (problem !== undefined) return { problem };
      const text = files[uri];
      if (text !== undefined) return { text };
      return { problem: /^https?:/.test(uri) ? 'network-off' : 'not-found' };
    },
  };
}
