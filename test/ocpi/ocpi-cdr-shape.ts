import * as z from 'zod';

/** The CDR object of OCPI 2.2.1 (mod_cdrs), member by member: nothing else may be in one. */

const ci = (longest: number) => z.string().min(1).max(longest);
const number = z.number();
const dateTime = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/);
const price = z.strictObject({ excl_vat: number, incl_vat: number.optional() });

const cdrToken = z.strictObject({
  country_code: ci(2),
  party_id: ci(3),
  uid: ci(36),
  type: z.enum(['AD_HOC_USER', 'APP_USER', 'OTHER', 'RFID']),
  contract_id: ci(36),
});

const cdrLocation = z.strictObject({
  id: ci(36),
  name: ci(255).optional(),
  address: ci(45),
  city: ci(45),
  postal_code: ci(10).optional(),
  state: ci(20).optional(),
  country: z.string().regex(/^[A-Z]{3}$/),
  coordinates: z.strictObject({
    latitude: z.string().regex(/^-?\d{1,2}\.\d{5,7}$/),
    longitude: z.string().regex(/^-?\d{1,3}\.\d{5,7}$/),
  }),
  evse_uid: ci(36),
  evse_id: ci(48),
  connector_id: ci(36),
  connector_standard: z
    .string()
    .regex(/^(CHADEMO|CHAOJI|DOMESTIC_[A-O]|GBT_[AD]C|IEC_\w+|NEMA_\w+|PANTOGRAPH_\w+|TESLA_[RS])$/),
  connector_format: z.enum(['SOCKET', 'CABLE']),
  connector_power_type: z.enum(['AC_1_PHASE', 'AC_2_PHASE', 'AC_2_PHASE_SPLIT', 'AC_3_PHASE', 'DC']),
});

/** Without those that only sessions may have. */
const dimension = z.enum([
  'ENERGY',
  'MAX_CURRENT',
  'MIN_CURRENT',
  'MAX_POWER',
  'MIN_POWER',
  'PARKING_TIME',
  'RESERVATION_TIME',
  'TIME',
]);

const chargingPeriod = z.strictObject({
  start_date_time: dateTime,
  dimensions: z.array(z.strictObject({ type: dimension, volume: number })).min(1),
  tariff_id: ci(36).optional(),
});

const signedData = z.strictObject({
  encoding_method: ci(36),
  encoding_method_version: z.int().optional(),
  public_key: ci(512).optional(),
  signed_values: z
    .array(
      z.strictObject({ nature: ci(32), plain_data: z.string().max(5000), signed_data: z.string().max(5000) }),
    )
    .min(1),
  url: ci(512).optional(),
});

export const ocpiCdrShape = z
  .strictObject({
    country_code: ci(2),
    party_id: ci(3),
    id: ci(39),
    start_date_time: dateTime,
    end_date_time: dateTime,
    session_id: ci(36).optional(),
    cdr_token: cdrToken,
    auth_method: z.enum(['AUTH_REQUEST', 'COMMAND', 'WHITELIST']),
    authorization_reference: ci(36).optional(),
    cdr_location: cdrLocation,
    meter_id: ci(255).optional(),
    currency: ci(3),
    tariffs: z.array(z.looseObject({ id: ci(36) })).optional(),
    charging_periods: z.array(chargingPeriod).min(1),
    signed_data: signedData.optional(),
    total_cost: price,
    total_fixed_cost: price.optional(),
    total_energy: number,
    total_energy_cost: price.optional(),
    total_time: number,
    total_time_cost: price.optional(),
    total_parking_time: number.optional(),
    total_parking_cost: price.optional(),
    total_reservation_cost: price.optional(),
    remark: ci(255).optional(),
    invoice_reference_id: ci(39).optional(),
    credit: z.boolean().optional(),
    credit_reference_id: ci(39).optional(),
    home_charging_compensation: z.boolean().optional(),
    last_updated: dateTime,
  })
  .refine(
    ({ credit, credit_reference_id: of }) => (credit === true) === (of !== undefined),
    'a credit names its CDR',
  )
  .refine(({ credit, id }) => credit === true || id.length <= 36, 'only credits have ids of more than 36')
  .refine(({ tariffs = [], charging_periods: periods }) => {
    const ids = new Set(tariffs.map(({ id }) => id));
    return periods.every(({ tariff_id: id }) => id === undefined || ids.has(id));
  }, 'every tariff of a period is among the tariffs');
