import { hashOf } from './chance.ts';
import type { Written } from './watched-journal.ts';

/** What has been written, each fact once and in no order, as one number that grows with them. */
export class Facts {
  private readonly known = new Set<string>();
  private read = 0;
  private low = 0;
  private high = 0;

  with(written: readonly Written[]): string {
    for (; this.read < written.length; this.read += 1) this.add(written[this.read] as Written);
    return `${this.high}.${this.low}`;
  }

  private add({ what, step, detail, epoch }: Written): void {
    const fact = `${what} ${step} ${stated(detail)} ${epoch}`;
    if (this.known.has(fact)) return;
    this.known.add(fact);
    const hash = hashOf(fact);
    this.low ^= hash | 0;
    this.high ^= Math.floor(hash / 2 ** 24) | 0;
  }
}

/** Nonces name an attempt and say nothing of it. */
function stated(detail: string | undefined): string {
  return detail === undefined || /^[0-9a-f-]{36}$/.test(detail) ? '' : detail;
}
