/** The JSON Schema engine, loaded when a schema first needs it: most starts never do. */
import type { Ajv2020 } from 'ajv/dist/2020.js';

/** By its default export: bundlers give CommonJS packages no other when they are loaded late. */
export async function loadAjv(): Promise<typeof Ajv2020> {
  const { default: dialect } = await import('ajv/dist/2020.js');
  return dialect.Ajv2020;
}
