/** Files that a command writes where it was told to: one that cannot be written ends it in a sentence. */
import { writeFileSync } from 'node:fs';
import { Failure } from '../model/failure.ts';

export interface Writing {
  /** As people are shown it; else as it was given. */
  readonly shown?: string;
  readonly remedy?: string;
}

export function writeText(path: string, text: string, { shown = path, remedy }: Writing = {}): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new Failure('write-failed', `${shown} cannot be written`, {
      cause: error,
      ...(remedy !== undefined && { remedy }),
    });
  }
}
