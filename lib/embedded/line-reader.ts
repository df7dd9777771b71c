/**
 * Lines out of a stream that somebody else writes: put together from pieces in linear time, and bounded, so that a peer
 * that never ends its line fills no memory.
 */
export class LineReader {
  private readonly longest: number;
  private pieces: string[] = [];
  private length = 0;

  constructor(longest: number) {
    this.longest = longest;
  }

  /** The lines that are whole now; null when one is longer than it may be. */
  read(chunk: string): readonly string[] | null {
    const lines: string[] = [];
    let begun = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', begun)) {
      const line = this.ended(chunk.slice(begun, end));
      if (line === null) return null;
      if (line !== '') lines.push(line);
      begun = end + 1;
    }
    return this.keep(chunk.slice(begun)) ? lines : null;
  }

  private ended(last: string): string | null {
    if (!this.keep(last)) return null;
    const line = this.pieces.join('');
    this.pieces = [];
    this.length = 0;
    return line;
  }

  private keep(piece: string): boolean {
    this.length += piece.length;
    if (this.length > this.longest) return false;
    if (piece !== '') this.pieces.push(piece);
    return true;
  }
}
