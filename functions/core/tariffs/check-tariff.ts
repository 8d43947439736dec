import { DomainError } from '../errors.ts';
import { decimal, readDecimal, sumOf } from './decimal.ts';
import type { EnergyMix } from './energy-mix.ts';
import type {
  DecimalText,
  Price,
  PriceComponent,
  Tariff,
  TariffElement,
  TariffRestrictions,
} from './tariff.ts';

const plainNumber = /^\d{1,12}(?:\.\d{1,12})?$/;
const clockTime = /^(?:[01]\d|2[0-3]):[0-5]\d$/;
const calendarDate = /^([12]\d{3})-(\d{2})-(\d{2})$/;
const currencyCode = /^[A-Z]{3}$/;
const languageTag = /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/;
const webAddress = /^https?:\/\/[^\s/]+(?:\/\S*)?$/;
/** More than a day has quarters of an hour: each is tried in every period of a session, and all must fit into a CDR. */
const mostElements = 100;
/** What OCPI carries of an address and of a text (types, URL and DisplayText). */
const longestUrl = 255;
const longestText = 512;

/** The members of a tariff that say what it costs, when, and to whom. */
export type TariffTerms = Pick<
  Tariff,
  | 'currency'
  | 'elements'
  | 'minPrice'
  | 'maxPrice'
  | 'validFrom'
  | 'validTo'
  | 'altTexts'
  | 'altUrl'
  | 'energyMix'
>;

/**
 * Refuses a tariff that makes no sense: `Validation`, naming the first member at fault by its dotted path
 * (`elements.0.priceComponents.1.stepSize`). What passes can price any session.
 */
export function checkTariff(tariff: TariffTerms): void {
  const { currency, elements, minPrice, maxPrice, validFrom, validTo } = tariff;
  expect(currencyCode.test(currency), 'a currency is three capital letters of ISO 4217', 'currency');
  const isPriced = elements.length > 0 && elements.length <= mostElements;
  expect(isPriced, `a tariff has 1 to ${mostElements} elements`, 'elements');
  for (const [index, element] of elements.entries()) checkElement(element, `elements.${index}`);
  checkLimits(minPrice, maxPrice);
  const isOrdered = validFrom === undefined || validTo === undefined || validFrom < validTo;
  expect(isOrdered, 'the end of the validity lies after its start', 'validTo');
  checkTexts(tariff);
  if (tariff.energyMix) checkEnergyMix(tariff.energyMix);
}

function checkElement({ priceComponents, restrictions }: TariffElement, path: string): void {
  expect(priceComponents.length > 0, 'an element has at least one price', `${path}.priceComponents`);
  for (const [index, component] of priceComponents.entries()) {
    const at = `${path}.priceComponents.${index}`;
    const isFirst = priceComponents.findIndex(({ type }) => type === component.type) === index;
    expect(isFirst, `an element has one price of the type ${component.type}`, `${at}.type`);
    const isReservable = component.type === 'FLAT' || component.type === 'TIME';
    const priceable = restrictions?.reservation === undefined || isReservable;
    expect(priceable, 'a reservation has prices of the types FLAT and TIME alone', `${at}.type`);
    checkComponent(component, at);
  }
  if (restrictions) checkRestrictions(restrictions, `${path}.restrictions`);
}

function checkComponent({ price, vat, stepSize }: PriceComponent, path: string): void {
  checkNumber(price, `${path}.price`);
  if (vat !== undefined) {
    checkNumber(vat, `${path}.vat`);
    expect(decimal(vat).lte(100), 'VAT is at most 100 percent', `${path}.vat`);
  }
  const isStep = Number.isSafeInteger(stepSize) && stepSize >= 0 && stepSize <= 1_000_000_000;
  expect(isStep, 'a step size is a whole number from 0 to 1000000000', `${path}.stepSize`);
}

function checkRestrictions(given: TariffRestrictions, path: string): void {
  for (const name of ['startTime', 'endTime'] as const) {
    const isGood = given[name] === undefined || clockTime.test(given[name]);
    expect(isGood, 'a time of day is HH:MM', `${path}.${name}`);
  }
  for (const name of ['startDate', 'endDate'] as const) {
    const isGood = given[name] === undefined || isDate(given[name]);
    expect(isGood, 'a date is a day of the calendar, YYYY-MM-DD', `${path}.${name}`);
  }
  const { startDate, endDate, minDurationS, maxDurationS } = given;
  const isAhead = startDate === undefined || endDate === undefined || startDate < endDate;
  expect(isAhead, 'the end lies after the start: it is the first day without this price', `${path}.endDate`);
  checkRange(given.minKwh, given.maxKwh, { path, least: 'minKwh', most: 'maxKwh' });
  checkRange(given.minCurrentA, given.maxCurrentA, { path, least: 'minCurrentA', most: 'maxCurrentA' });
  checkRange(given.minPowerKw, given.maxPowerKw, { path, least: 'minPowerKw', most: 'maxPowerKw' });
  for (const [name, seconds] of [
    ['minDurationS', minDurationS],
    ['maxDurationS', maxDurationS],
  ] as const) {
    const isGood = seconds === undefined || (Number.isSafeInteger(seconds) && seconds >= 0);
    expect(isGood, 'a duration is a whole number of seconds', `${path}.${name}`);
  }
  const least = minDurationS === undefined ? undefined : String(minDurationS);
  const most = maxDurationS === undefined ? undefined : String(maxDurationS);
  checkRange(least, most, { path, least: 'minDurationS', most: 'maxDurationS' });
}

/** What holds from the least on and no longer at the greatest never holds when they are not in this order. */
function checkRange(
  least: DecimalText | undefined,
  most: DecimalText | undefined,
  names: { path: string; least: string; most: string },
): void {
  const { path } = names;
  if (least !== undefined) checkNumber(least, `${path}.${names.least}`);
  if (most === undefined) return;
  checkNumber(most, `${path}.${names.most}`);
  const holds = decimal(most).gt(decimal(least ?? 0));
  expect(
    holds,
    `${names.most} is more than ${least === undefined ? 0 : names.least}`,
    `${path}.${names.most}`,
  );
}

function checkLimits(minPrice: Price | undefined, maxPrice: Price | undefined): void {
  for (const [name, price] of [
    ['minPrice', minPrice],
    ['maxPrice', maxPrice],
  ] as const) {
    if (!price) continue;
    checkNumber(price.exclVat, `${name}.exclVat`);
    if (price.inclVat !== undefined) checkNumber(price.inclVat, `${name}.inclVat`);
  }
  for (const side of ['exclVat', 'inclVat'] as const) {
    const least = minPrice?.[side];
    const most = maxPrice?.[side];
    const isOrdered = least === undefined || most === undefined || decimal(least).lte(decimal(most));
    expect(isOrdered, 'the least price is not above the greatest', `minPrice.${side}`);
  }
}

function checkTexts({ altTexts = [], altUrl }: TariffTerms): void {
  for (const [index, { language, text }] of altTexts.entries()) {
    const path = `altTexts.${index}`;
    expect(languageTag.test(language), 'a language is a code of ISO 639, such as en', `${path}.language`);
    const fits = text.trim() !== '' && text.length <= longestText;
    expect(fits, `a text has 1 to ${longestText} characters`, `${path}.text`);
  }
  const isAddress = altUrl === undefined || (webAddress.test(altUrl) && altUrl.length <= longestUrl);
  expect(isAddress, `an address begins with http and has at most ${longestUrl} characters`, 'altUrl');
}

function checkEnergyMix({ sources = [], impacts = [] }: EnergyMix): void {
  for (const [index, { percentage }] of sources.entries()) {
    checkNumber(percentage, `energyMix.sources.${index}.percentage`);
  }
  for (const [index, { amount }] of impacts.entries()) {
    checkNumber(amount, `energyMix.impacts.${index}.amount`);
  }
  const whole = sumOf(sources.map(({ percentage }) => decimal(percentage)));
  expect(whole.lte(100), 'sources of energy come to at most 100 percent', 'energyMix.sources');
}

function checkNumber(text: DecimalText, path: string): void {
  const isNumber = plainNumber.test(text) && readDecimal(text) !== undefined;
  expect(isNumber, 'a plain decimal, zero or more, of at most 12 digits on either side', path);
}

/** Only of days there are: not the 30th of February. */
function isDate(text: string): boolean {
  const [, year, month, day] = calendarDate.exec(text) ?? [];
  if (year === undefined) return false;
  const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return at.toISOString().slice(0, 10) === text;
}

function expect(isGood: boolean, message: string, field: string): void {
  if (!isGood) throw new DomainError('Validation', message, field);
}
