/**
 * Where members of a group wait for each other: what all of them bring is dealt with at once, and each gets its answer. Who
 * has nothing to bring says so, and keeps nobody waiting.
 */
import { assert } from '../model/assert.ts';

interface Brought<Value, Answer> {
  readonly value: Value;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

export class Meeting<Value, Answer> {
  private expected: number;
  private readonly brought: Brought<Value, Answer>[] = [];
  private readonly deal: (values: readonly Value[]) => Promise<readonly Answer[]>;

  /** `deal` is asked once, after all have come, and not at all where nobody has brought anything. */
  constructor(members: number, deal: (values: readonly Value[]) => Promise<readonly Answer[]>) {
    this.expected = members;
    this.deal = deal;
  }

  bring(value: Value): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.brought.push({ value, resolve, reject });
      this.arrive();
    });
  }

  stayAway(): void {
    this.arrive();
  }

  private arrive(): void {
    this.expected -= 1;
    assert(this.expected >= 0, 'a member comes to a meeting once');
    if (this.expected === 0 && this.brought.length > 0) void this.hold();
  }

  private async hold(): Promise<void> {
    const { brought } = this;
    try {
      const answers = await this.deal(brought.map(({ value }) => value));
      for (const [index, { resolve }] of brought.entries()) {
        const answer = answers[index];
        assert(answer !== undefined, 'everybody who came gets an answer');
        resolve(answer);
      }
    } catch (error) {
      for (const { reject } of brought) reject(error);
    }
  }
}
