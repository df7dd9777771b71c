/** What the supplier sells, by catalogue, and how a product is written; pages of it are what an export holds. */
import { integer, oneOf, record, type Shape, text } from '../../order-fulfilment/systems/shape.ts';

export interface Product {
  readonly sku: string;
  readonly name: string;
  readonly category: string;
  readonly price: { readonly currency: 'EUR' | 'GBP' | 'USD'; readonly value: number };
}

export interface Page {
  readonly page: string;
  readonly products: readonly Product[];
}

export const product: Shape<Product> = record<Product>({
  sku: text({ pattern: /^[A-Z]{3}-[0-9]{4}$/ }),
  name: text({ max: 200 }),
  category: text({ max: 60 }),
  price: record<Product['price']>({
    currency: oneOf('EUR', 'GBP', 'USD'),
    value: integer({ min: 0, max: 100_000_000 }),
  }),
});

/** A category that no shop has: its page is refused there, as it happens. */
export const UNKNOWN_CATEGORY = 'curiosities';

const PAGE_SIZE = 4;
const KINDS: readonly (readonly [prefix: string, name: string, category: string])[] = [
  ['CHR', 'Chair', 'chairs'],
  ['LMP', 'Lamp', 'lamps'],
  ['TBL', 'Table', 'tables'],
];

/** `furniture` has no fault, `antiques` a page that the shop refuses; any other catalogue is empty. */
export function pagesOf(catalogue: string): readonly Page[] {
  const products = KINDS.flatMap(([prefix, name, category], kind) =>
    Array.from(
      { length: PAGE_SIZE },
      (_, index): Product => ({
        sku: `${prefix}-${1001 + index}`,
        name: `${name} ${index + 1}`,
        category,
        price: { currency: 'EUR', value: 4_900 + 1_000 * kind + 100 * index },
      }),
    ),
  );
  if (catalogue === 'furniture') return paged(products);
  if (catalogue !== 'antiques') return [];
  return paged(products.map((one, index) => (index === PAGE_SIZE ? { ...one, category: UNKNOWN_CATEGORY } : one)));
}

function paged(products: readonly Product[]): readonly Page[] {
  const count = Math.ceil(products.length / PAGE_SIZE);
  return Array.from({ length: count }, (_, index) => ({
    page: `p-${index + 1}`,
    products: products.slice(index * PAGE_SIZE, (index + 1) * PAGE_SIZE),
  }));
}
