/** Durations as every x-interlock key and environment writes them: a whole number and a unit, `500ms 2s 5m 1h 1d`. */

const unitMs: { readonly [unit: string]: number } = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds, or undefined for what is no duration. */
export function durationMs(text: string): number | undefined {
  const [, digits, unit] = /^(0|[1-9]\d{0,8})(ms|s|m|h|d)$/.exec(text) ?? [];
  const factor = unit === undefined ? undefined : unitMs[unit];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}

/** In the largest unit that divides it: 90000 is `90s`, 120000 is `2m`. */
export function durationText(ms: number): string {
  const units = Object.entries(unitMs).toReversed();
  const [unit, factor] = units.find(([, factor]) => ms >= factor && ms % factor === 0) ?? ['ms', 1];
  return `${Math.round(ms / factor)}${unit}`;
}
