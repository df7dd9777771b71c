/**
 * What we use of fontoxpath. It is a CommonJS module whose names Node cannot see, so they are taken from its default
 * export, here and nowhere else.
 */
// oxlint-disable import/no-named-as-default-member
import fontoxpath from 'fontoxpath';

export const evaluateXPath: typeof fontoxpath.evaluateXPath = fontoxpath.evaluateXPath;
export const parseScript: typeof fontoxpath.parseScript = fontoxpath.parseScript;
export const registerFunction: typeof fontoxpath.registerCustomXPathFunction = fontoxpath.registerCustomXPathFunction;
