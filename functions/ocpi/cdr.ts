import type { Cdr, CdrPlace } from '#core/cdrs/cdr.ts';
import { DomainError } from '#core/errors.ts';
import type { JudgedMeterValue } from '#core/metering/signed-values.ts';
import { decimal, divideRounded, scaleByTen } from '#core/tariffs/decimal.ts';
import type { RatedPeriod } from '#core/tariffs/rating.ts';
import { ocpiConnectorOf } from './connectors.ts';
import { alpha3Of } from './country-codes.ts';
import { dateTimeOf } from './fields.ts';
import { type OcpiOwner, toOcpiPrice, toOcpiTariff } from './tariff.ts';

/** What partners want to know beside a CDR. */
export interface OcpiCdrFacts {
  /** Who ran the station. */
  readonly owner: OcpiOwner;
  /** Who issued the token; the same when absent. */
  readonly tokenOwner?: OcpiOwner;
  /** The contract that the token belongs to; the token's own id when absent. */
  readonly contractId?: string;
  /** The last one that the issuer gave. */
  readonly authorizationReference?: string;
  /** The invoice that the CDR is on. */
  readonly invoiceReferenceId?: string;
}

type Members = Readonly<Record<string, unknown>>;

/** To a few thousandths of a second. */
const hourDecimals = 6;
/** CdrLocation is narrower than Location. */
const longestAddress = 45;
const longestCity = 45;
const longestRemark = 255;
const longestSignedText = 5_000;

/**
 * A CDR as an OCPI 2.2.1 CDR object (mod_cdrs), of what it kept when it was made: times in hours, energy in kWh,
 * numbers as JSON numbers of its exact decimals, absent members left out. A credit has `total_cost` below zero and
 * nothing else. Throws `Conflict` naming what OCPI requires and the CDR does not say.
 */
export function toOcpiCdr(cdr: Cdr, facts: OcpiCdrFacts): Members {
  const { owner } = facts;
  const parkingTime = hoursOf(cdr.parkingTimeS * 1000);
  return withoutAbsent({
    country_code: owner.countryCode,
    party_id: owner.partyId,
    id: cdr.cdrId,
    start_date_time: dateTimeOf(Math.min(cdr.startedAt, ...cdr.periods.map(({ startedAt }) => startedAt))),
    end_date_time: dateTimeOf(cdr.endedAt),
    session_id: cdr.sessionId,
    cdr_token: tokenOf(cdr, facts),
    auth_method: cdr.authMethod ?? 'WHITELIST',
    authorization_reference: facts.authorizationReference,
    cdr_location: locationOf(cdr),
    currency: cdr.currency,
    tariffs: cdr.tariff ? [toOcpiTariff(cdr.tariff, owner)] : undefined,
    charging_periods: cdr.periods.map((period) => periodOf(period, cdr.tariff?.tariffId)),
    signed_data: signedDataOf(cdr.signed ?? []),
    total_cost: toOcpiPrice(cdr.totalCost),
    total_fixed_cost: cdr.totalFixedCost && toOcpiPrice(cdr.totalFixedCost),
    total_energy: kwhOf(cdr.energyWh),
    total_energy_cost: cdr.totalEnergyCost && toOcpiPrice(cdr.totalEnergyCost),
    total_time: hoursOf(cdr.endedAt - cdr.startedAt),
    total_time_cost: cdr.totalTimeCost && toOcpiPrice(cdr.totalTimeCost),
    total_parking_time: parkingTime === 0 ? undefined : parkingTime,
    total_parking_cost: cdr.totalParkingCost && toOcpiPrice(cdr.totalParkingCost),
    total_reservation_cost: cdr.totalReservationCost && toOcpiPrice(cdr.totalReservationCost),
    remark: cdr.correction?.reason.slice(0, longestRemark),
    invoice_reference_id: facts.invoiceReferenceId,
    credit: cdr.kind === 'CREDIT' ? true : undefined,
    credit_reference_id: cdr.kind === 'CREDIT' ? cdr.creditOf : undefined,
    last_updated: dateTimeOf(cdr.createdAt),
  });
}

/** OCPI 2.2.1 knows three kinds of tokens by name. */
const tokenTypes = new Set(['AD_HOC_USER', 'APP_USER', 'RFID']);

function tokenOf(cdr: Cdr, { owner, tokenOwner = owner, contractId }: OcpiCdrFacts): Members {
  const { uid, tokenType } = required(cdr, 'token', cdr.token);
  return {
    country_code: tokenOwner.countryCode,
    party_id: tokenOwner.partyId,
    uid,
    type: tokenTypes.has(tokenType) ? tokenType : 'OTHER',
    contract_id: contractId ?? uid,
  };
}

function locationOf(cdr: Cdr): Members {
  const place: CdrPlace = required(cdr, 'place', cdr.place);
  const need = <Value>(name: string, value: Value | undefined): Value =>
    required(cdr, `place.${name}`, value);
  const { latitude, longitude } = need('coordinates', place.coordinates);
  const evseUid = need('evseUid', place.evseUid);
  const connectorType = need('connectorType', place.connectorType);
  const { maxPowerW, phases } = place;
  const described = {
    connectorType,
    ...(maxPowerW === undefined ? {} : { maxPowerW }),
    ...(phases === undefined ? {} : { phases }),
  };
  const connector = need('connectorType', ocpiConnectorOf(described));
  return withoutAbsent({
    id: place.locationId ?? cdr.stationId,
    name: place.name,
    address: need('address', place.address).slice(0, longestAddress),
    city: need('city', place.city).slice(0, longestCity),
    postal_code: place.postalCode,
    country: need('countryCode', alpha3Of(place.countryCode ?? '')),
    coordinates: { latitude: degrees(latitude), longitude: degrees(longitude) },
    evse_uid: evseUid,
    evse_id: evseUid,
    connector_id: String(cdr.connector.connectorId),
    connector_standard: connector.standard,
    connector_format: connector.format,
    connector_power_type: connector.powerType,
  });
}

/** Only dimensions that a CDR may have; each period has one at least. */
function periodOf(period: RatedPeriod, tariffId: string | undefined): Members {
  const { startedAt, endedAt, activity, energyWh, elements } = period;
  const volumes: readonly (readonly [string, number | undefined])[] = [
    ['ENERGY', energyWh === 0 ? undefined : kwhOf(energyWh)],
    [timeDimensions[activity], hoursOf(endedAt - startedAt)],
    ['MIN_CURRENT', period.minCurrentA],
    ['MAX_CURRENT', period.maxCurrentA],
    ['MIN_POWER', kilo(period.minPowerW)],
    ['MAX_POWER', kilo(period.maxPowerW)],
  ];
  const dimensions = volumes.flatMap(([type, volume]) => (volume === undefined ? [] : [{ type, volume }]));
  return withoutAbsent({
    start_date_time: dateTimeOf(startedAt),
    dimensions,
    tariff_id: Object.keys(elements).length === 0 ? undefined : tariffId,
  });
}

/** Time of which neither is known is told as charging, as stations without states do. */
const timeDimensions: Readonly<Record<RatedPeriod['activity'], string>> = {
  CHARGING: 'TIME',
  UNSTATED: 'TIME',
  PARKING: 'PARKING_TIME',
  RESERVED: 'RESERVATION_TIME',
};

const natures = { START: 'Start', END: 'End', INTERMEDIATE: 'Intermediate' } as const;

/** One format per CDR: values in another than the first's are left to whoever asks for them. */
function signedDataOf(signed: readonly JudgedMeterValue[]): Members | undefined {
  const [first] = signed;
  if (!first) return undefined;
  const method = methodOf(first);
  const values = signed.filter((value) => methodOf(value) === method).map(signedValueOf);
  const fitting = values.filter(({ signed_data: data }) => data.length <= longestSignedText);
  if (fitting.length === 0) return undefined;
  return withoutAbsent({ encoding_method: method, public_key: first.publicKey, signed_values: fitting });
}

function signedValueOf(value: JudgedMeterValue) {
  const { data, nature = 'INTERMEDIATE' } = value;
  const text = textOf(data);
  return {
    nature: natures[nature],
    plain_data: plainOf(text).slice(0, longestSignedText),
    signed_data: Buffer.from(text, 'utf8').toString('base64'),
  };
}

function methodOf({ data, encodingMethod }: JudgedMeterValue): string {
  if (encodingMethod !== undefined && encodingMethod !== '') return encodingMethod.slice(0, 36);
  return textOf(data).startsWith('OCMF|') ? 'OCMF' : 'UNKNOWN';
}

/** Stations send such texts as they are or in Base64. */
function textOf(data: string): string {
  const decoded = Buffer.from(data, 'base64').toString('utf8');
  return decoded.startsWith('OCMF|') ? decoded : data;
}

/** What of an OCMF text a person can read. */
function plainOf(text: string): string {
  return text.startsWith('OCMF|') ? text.slice('OCMF|'.length, text.lastIndexOf('|')) : text;
}

/** OCPI 2.2.1 GeoLocation: text with five to seven decimals. */
function degrees(value: number): string {
  return value.toFixed(7).replace(/0{1,2}$/, '');
}

function hoursOf(durationMs: number): number {
  return divideRounded(decimal(durationMs), decimal(3_600_000), hourDecimals).toNumber();
}

/** Periods hold thousandths of a Wh. */
function kwhOf(energyWh: number): number {
  return scaleByTen(decimal(energyWh), -3).round(6).toNumber();
}

function kilo(watts: number | undefined): number | undefined {
  return watts === undefined ? undefined : scaleByTen(decimal(watts), -3).toNumber();
}

function required<Value>(cdr: Cdr, name: string, value: Value | undefined): Value {
  if (value !== undefined) return value;
  throw new DomainError(
    'Conflict',
    `CDR ${cdr.cdrId} cannot be told in OCPI: it does not say its ${name}`,
    name,
  );
}

function withoutAbsent(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
