/**
 * A whole number with commas between thousands.
 *
 * @example formatCount(1234567); // '1,234,567'
 */
export function formatCount(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const digits = Math.abs(Math.round(value))
    .toFixed(0)
    .replace(/\B(?=(\d{3})+$)/g, ',');
  return value < 0 && digits !== '0' ? `-${digits}` : digits;
}

/**
 * A number with a fixed number of decimals and commas between thousands.
 *
 * @example formatNumber(10123.456, 1); // '10,123.5'
 */
export function formatNumber(value: number, decimals = 2): string {
  if (!Number.isFinite(value)) return String(value);
  const [whole = '0', fraction] = Math.abs(value).toFixed(decimals).split('.');
  const text = formatCount(Number(whole)) + (fraction === undefined ? '' : `.${fraction}`);
  // −0.001 with two decimals reads 0.00, not -0.00.
  return value < 0 && /[1-9]/.test(text) ? `-${text}` : text;
}

/**
 * A share between 0 and 1 as a percentage.
 *
 * @example formatPercent(0.8041, 1); // '80.4 %'
 */
export function formatPercent(share: number, decimals = 1): string {
  return `${formatNumber(share * 100, decimals)} %`;
}

/**
 * A duration in seconds as people say it: two units at most.
 *
 * @example
 * formatDuration(0.0421); // '42 ms'
 * formatDuration(7.25); // '7.3 s'
 * formatDuration(83); // '1 m 23 s'
 * formatDuration(7384); // '2 h 3 m'
 */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  if (seconds < 0) return `-${formatDuration(-seconds)}`;
  // The thresholds are those of the rounded values, so that nothing ever reads "1000 ms" or "60 s".
  if (seconds < 0.9995) return `${String(Math.round(seconds * 1000))} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${String(Math.round(seconds))} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${String(Math.floor(whole / 60))} m ${String(whole % 60)} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 24 * 60) return `${String(Math.floor(minutes / 60))} h ${String(minutes % 60)} m`;
  const hours = Math.floor(minutes / 60);
  return `${String(Math.floor(hours / 24))} d ${String(hours % 24)} h`;
}

/**
 * A size in bytes, in decimal units (1 kB = 1000 bytes).
 *
 * @example formatBytes(1536000); // '1.5 MB'
 */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return String(bytes);
  const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
  let value = Math.abs(bytes);
  let unit = 0;
  // 999.95 would be written 1000.0.
  while (value >= (unit === 0 ? 1000 : 999.95) && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const text = unit === 0 ? formatCount(value) : formatNumber(value, 1);
  return `${bytes < 0 ? '-' : ''}${text} ${units[unit] ?? 'TB'}`;
}
