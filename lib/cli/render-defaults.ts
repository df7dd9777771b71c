/** The table of defaults as text: what to write, what applies without it, what it means. */
import { defaultRows } from '../model/default-rows.ts';

export function renderDefaults(): string {
  const rows = defaultRows();
  const key = Math.max(...rows.map((row) => row.key.length));
  const value = Math.max(...rows.map((row) => row.value.length));
  return `${rows.map((row) => `${row.key.padEnd(key)}  ${row.value.padEnd(value)}  ${row.meaning}`.trimEnd()).join('\n')}\n`;
}
