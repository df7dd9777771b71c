/**
 * RFC 3339 timestamps as Wait takes them: an upper-case T, and Z or an offset; any number of digits of a second.
 * JavaScript's own parser takes much more (a date alone, no offset, 24:00), so the form is checked first.
 */

const FORM =
  /^(?<date>\d{4}-(?<month>\d{2})-(?<day>\d{2}))T(?<hour>\d{2}):\d{2}(?<seconds>:\d{2}(?<fraction>\.\d+)?)?(?<offset>Z|[+-]\d{2}:\d{2})$/;

/** Milliseconds since the epoch; null when the text is no timestamp. */
export function parseTimestamp(text: string): number | null {
  const groups = FORM.exec(text)?.groups;
  if (groups === undefined || Number(groups['hour']) > 23) return null;
  const fraction = groups['fraction'] ?? '';
  const plain = fraction === '' ? text : text.replace(fraction, fraction.slice(0, 4));
  const time = Date.parse(plain);
  return Number.isNaN(time) || !isCalendarDay(groups['date'] as string) ? null : time;
}

/** `2024-02-30` is not one, though JavaScript would make March of it. */
function isCalendarDay(date: string): boolean {
  const time = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}
