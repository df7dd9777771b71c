/** What shipping can be asked for, as types and as the shapes that check them; the query for rates is in rates.ts. */
import { type MadeQuery, madeQuery } from './made.ts';
import { oneOf, optional, record, type Shape, text } from './shape.ts';

export interface ShipmentRequest {
  readonly orderId: string;
  readonly reservationId: string;
  readonly rateId: string;
  readonly recipient: { readonly name: string; readonly email: string; readonly address: Address };
}

interface Address {
  readonly street: string;
  readonly postalCode: string;
  readonly city: string;
  readonly country: string;
}

export interface NotificationRequest {
  readonly channel: 'email';
  readonly template: 'order_confirmed' | 'parcel_left';
  readonly language: 'de' | 'en' | 'nl' | undefined;
}

const orderId = text({ pattern: /^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/ });

export const shipmentRequest: Shape<ShipmentRequest> = record<ShipmentRequest>({
  orderId,
  reservationId: text({ max: 64 }),
  rateId: text({ pattern: /^rate_(standard|express)_[A-Z]{2}_[0-9]{1,6}$/ }),
  recipient: record<ShipmentRequest['recipient']>({
    name: text({ max: 100 }),
    email: text({ pattern: /^[^\s@]+@[^\s@]+$/ }),
    address: record<Address>({
      street: text(),
      postalCode: text({ min: 2, max: 12 }),
      city: text({ max: 100 }),
      country: text({ pattern: /^[A-Z]{2}$/ }),
    }),
  }),
});

export const shipmentQuery: Shape<MadeQuery> = record<MadeQuery>(madeQuery);

export const notificationRequest: Shape<NotificationRequest> = record<NotificationRequest>({
  channel: oneOf('email'),
  template: oneOf('order_confirmed', 'parcel_left'),
  language: optional(oneOf('de', 'en', 'nl')),
});
