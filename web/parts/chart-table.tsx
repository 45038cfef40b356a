import { useMemo } from 'preact/hooks';
import { counted, significant } from '../format.js';
import type { ChartProps, Curve } from './chart-props.js';
import { nearestIndex } from './points.js';

/** Rows of the table beside the picture. */
const MAX_ROWS = 40;

/** The numbers of the picture, for who cannot see it: evenly spaced points. */
export function ChartTable(
  props: Pick<ChartProps, 'title' | 'xLabel' | 'curves'> & { main: Curve; format: (value: number) => string },
) {
  const { title, xLabel, main, curves, format } = props;
  const rows = Math.min(MAX_ROWS, main.count);
  // Screen readers ask for it seldom, curves change often.
  const key = main.count < MAX_ROWS ? main.count : Math.floor(20 * Math.log2(main.count));
  return useMemo(
    () => (
      <table>
        <caption>{`${title}: ${rows} of ${counted(main.count, 'point')}`}</caption>
        <thead>
          <tr>
            <th scope="col">{xLabel}</th>
            {curves.map(({ id, label }) => (
              <th key={id} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: rows }, (_, r) => {
            const x = main.xs[rows === 1 ? 0 : Math.round((r * (main.count - 1)) / (rows - 1))]!;
            return (
              <tr key={r}>
                <th scope="row">{significant(x)}</th>
                {curves.map((curve) => (
                  <td key={curve.id}>{curve.count === 0 ? '' : format(curve.ys[nearestIndex(curve, x)]!)}</td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    ),
    [key, title, xLabel, curves.map(({ id }) => id).join()],
  );
}
